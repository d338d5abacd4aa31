import { useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { TryForm, type TryFormQuery, TryLead as TryLeadOperation, type WhatIfAnswer } from '../../graphql/generated';
import { useAsk } from '../../graphql/use-ask';
import { Choice } from '../../ui/choice';
import { useLater } from '../../ui/later';
import { ValueField } from '../../ui/lead-field';
import { type FormField, formFields, initialValues, leadFields } from '../../ui/lead-fields';
import { Card, Empty, Heading, Loaded } from '../../ui/parts';
import { Steps } from '../../walk/steps';
import { Canvas } from './canvas';
import { graphOf } from './model';

/** Where would this lead go, and why not elsewhere? Nothing is stored or sent, and values are in no address. */
export function TryLead() {
  const { flow } = useParams({ from: '/shell/flows/$flow/try' });
  // Others change the draft meanwhile.
  const form = useAsk(TryForm, { flow }, { poll: true });
  return (
    <>
      <Heading title={`Try a lead on ${flow}`} />
      <Loaded of={form}>
        {(data) => {
          if (!data.flow) return <Empty title="There is no flow with this name." />;
          if (!data.flow.leadSchema) return <Empty title="The vertical of this flow has no lead schema yet." />;
          if (data.flow.versions.nodes.length === 0 && !data.flow.draft)
            return <Empty title="This flow has neither a version nor a draft to try yet." />;
          return <Trial key={flow} flow={data.flow} fields={data.flow.leadSchema.fields} />;
        }}
      </Loaded>
    </>
  );
}

const ANSWERS: Record<WhatIfAnswer, string> = {
  ACCEPTED: 'every destination accepts',
  REJECTED: 'every destination rejects',
};

/** What stands for the draft among the hashes of versions. */
const DRAFT = 'draft';

function Trial({ flow, fields }: { flow: NonNullable<TryFormQuery['flow']>; fields: FormField[] }) {
  const { at } = useSearch({ from: '/shell/flows/$flow/try' });
  const versions = flow.versions.nodes;
  const known = (hash: string | undefined) => versions.find((version) => version.hash === hash);
  const ways = [...(flow.draft ? [DRAFT] : []), ...versions.map((it) => it.hash)];
  const [hash, setHash] = useState(
    at === DRAFT && flow.draft ? DRAFT : ((known(at) ?? known(flow.stage?.versionHash) ?? versions[0])?.hash ?? DRAFT),
  );
  const isDraft = hash === DRAFT;
  const [values, setValues] = useState(() => initialValues(fields));
  const [answer, setAnswer] = useState<WhatIfAnswer>('ACCEPTED');
  const [step, setStep] = useState(0);
  const [whyNot, setWhyNot] = useState(true);
  const input = useLater(
    useMemo(
      () => ({
        flow: flow.name,
        ...(isDraft ? { draft: true } : { version: hash }),
        fields: leadFields(fields, values),
        answer,
        unitKey: 'try-a-lead',
      }),
      [flow.name, hash, isDraft, fields, values, answer],
    ),
  );
  const tried = useAsk(TryLeadOperation, { input }, { poll: isDraft });
  const document = isDraft ? flow.draft?.document : known(hash)?.document;
  const graph = useMemo(() => (document ? graphOf(document) : null), [document]);
  const result = tried.data?.explainLead;
  const steps = result?.explanation?.steps ?? [];
  const shown = Math.min(step, Math.max(0, steps.length - 1));
  const errors = (name: string) => result?.userErrors.filter(({ path }) => path.at(-1) === name) ?? [];
  const rest =
    result?.userErrors.filter(({ path }) => !formFields(fields).some(({ name }) => path.at(-1) === name)) ?? [];
  return (
    <div className="try">
      <div className="try-form">
        <Card title="The lead">
          <form onSubmit={(event) => event.preventDefault()}>
            <Choice
              label="Version"
              value={hash}
              options={ways}
              show={(it) =>
                it === DRAFT ? 'draft' : `${known(it)?.number}${it === flow.stage?.versionHash ? ', live' : ''}`
              }
              isRequired
              onChange={(next) => setHash(next ?? hash)}
            />
            <Choice
              label="Answers"
              value={answer}
              options={Object.keys(ANSWERS) as WhatIfAnswer[]}
              show={(it) => ANSWERS[it]}
              isRequired
              onChange={(next) => setAnswer(next ?? answer)}
            />
            {formFields(fields).map((field) => (
              <ValueField
                key={field.name}
                field={field}
                value={values[field.name] ?? ''}
                errors={errors(field.name)}
                onChange={(value) => setValues((old) => ({ ...old, [field.name]: value }))}
              />
            ))}
          </form>
        </Card>
      </div>
      <div className="try-result">
        {rest.map(({ code, message, hint }) => (
          <p key={`${code} ${message}`} className="problem" role="alert">
            {message} {hint}
          </p>
        ))}
        {result?.diagnostics.map(({ code, message, node }) => (
          <p key={`${code} ${message}`} className="problem" role="alert">
            {node}: {message}
          </p>
        ))}
        {graph && (
          <Card title="Its way">
            <Canvas
              graph={graph}
              chosen={undefined}
              lit={steps[shown]?.choices.map(({ node }) => node) ?? []}
              onChoose={() => {}}
            />
          </Card>
        )}
        <Loaded of={tried}>
          {() =>
            steps.length > 0 ? (
              <Steps
                walk={result?.explanation}
                currency={isDraft ? document?.currency : known(hash)?.currency}
                step={shown}
                onStep={setStep}
                whyNot={whyNot}
                onWhyNot={setWhyNot}
              />
            ) : (
              <Card title="Why">
                <p className="faint">Mend the lead, and its way is shown here.</p>
              </Card>
            )
          }
        </Loaded>
      </div>
    </div>
  );
}

// Writes src/graphql/generated.ts: a type for each operation of src/graphql/operations, and its document as text.
//
//   node build/generate.mjs [--check] [SCHEMA]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codegen } from '@graphql-codegen/core';
import * as operationsPlugin from '@graphql-codegen/typescript-operations';
import { buildSchema, concatAST, Kind, parse, print, stripIgnoredCharacters, validate, visit } from 'graphql';

const args = process.argv.slice(2).filter((arg) => arg !== '--check');
const isCheck = process.argv.includes('--check');
const schemaPath = args[0] ?? new URL('../../graphql/schema.graphql', import.meta.url);
const folder = new URL('../src/graphql/operations/', import.meta.url);
const target = new URL('../src/graphql/generated.ts', import.meta.url);

const schema = buildSchema(readFileSync(schemaPath, 'utf8'));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.graphql'))
  .sort()
  .map((name) => ({ location: name, document: parse(readFileSync(new URL(name, folder), 'utf8')) }));
const whole = concatAST(files.map((file) => file.document));
const mistakes = validate(schema, whole);
if (mistakes.length > 0) {
  for (const mistake of mistakes) console.error(String(mistake));
  process.exit(1);
}

const scalars = {
  ID: 'string',
  Money: 'string',
  Timestamp: 'string',
  Epoch: 'string',
  Literal: 'string | number | boolean',
  LeadFields: 'Record<string, unknown>',
  FlowDocument: 'FlowDocument',
  LeadFieldList: 'FieldDocument[]',
  SourceDocument: 'SourceDocument',
  TargetDocument: 'Record<string, unknown>',
  SimulationScenario: 'ReplayScenario',
  SimulationReport: 'ReplayReport',
};
const types = await codegen({
  filename: 'generated.ts',
  schema: parse(readFileSync(schemaPath, 'utf8')),
  schemaAst: schema,
  documents: files,
  plugins: [{ operations: {} }],
  pluginMap: { operations: operationsPlugin },
  config: {
    scalars: Object.fromEntries(Object.entries(scalars).map(([name, type]) => [name, { input: type, output: type }])),
    strictScalars: false,
    defaultScalarType: 'unknown',
    enumType: 'string-literal',
    avoidOptionals: { field: true, inputValue: false },
    skipTypename: true,
    nonOptionalTypename: false,
    useTypeImports: true,
    dedupeFragments: true,
  },
});

/** The definitions that an operation needs: itself, and the fragments it reaches. */
function closure(operation) {
  const fragments = new Map(
    whole.definitions.filter((it) => it.kind === Kind.FRAGMENT_DEFINITION).map((it) => [it.name.value, it]),
  );
  const reached = new Map();
  const follow = (node) =>
    visit(node, {
      FragmentSpread(spread) {
        const fragment = fragments.get(spread.name.value);
        if (fragment && !reached.has(spread.name.value)) {
          reached.set(spread.name.value, fragment);
          follow(fragment);
        }
      },
    });
  follow(operation);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...reached.values()] };
}

const documents = whole.definitions
  .filter((it) => it.kind === Kind.OPERATION_DEFINITION)
  .map((operation) => {
    const name = operation.name.value;
    const kind = operation.operation[0].toUpperCase() + operation.operation.slice(1);
    const text = stripIgnoredCharacters(print(closure(operation)));
    return `export const ${name} = operation<${name}${kind}, ${name}${kind}Variables>('${name}', '${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}');`;
  });

const written = `// Written by \`npm run generate\` from graphql/schema.graphql and operations/. Do not edit.
import { operation } from './operation';
import type { FieldDocument, FlowDocument } from './flow-document';
import type { ReplayReport, ReplayScenario } from './replay-report';
import type { SourceDocument } from './source-document';

${types.trim()}

${documents.join('\n')}
`;
if (isCheck) {
  if (readFileSync(target, 'utf8') !== written) {
    console.error('src/graphql/generated.ts is not what the schema and the operations say: npm run generate');
    process.exit(1);
  }
} else {
  writeFileSync(target, written);
}

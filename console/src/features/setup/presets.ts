import type { FieldDocument, FlowDocument } from '../../graphql/flow-document';

/** A vertical to begin with: what its leads usually have. */
export interface Preset {
  vertical: string;
  label: string;
  fields: FieldDocument[];
}

const CONTACT: FieldDocument[] = [
  { name: 'email', kind: 'email', required: 'post', pii: true },
  { name: 'phone', kind: 'phone', required: 'post', pii: true },
];
const STATE: FieldDocument = { name: 'state', kind: 'region', required: 'ping' };

export const PRESETS: Preset[] = [
  {
    vertical: 'auto-insurance',
    label: 'Car insurance',
    fields: [
      STATE,
      { name: 'age', kind: 'integer', min: 16, max: 120, required: 'ping' },
      { name: 'insured', kind: 'boolean', required: 'post' },
      ...CONTACT,
    ],
  },
  {
    vertical: 'solar',
    label: 'Solar',
    fields: [
      STATE,
      { name: 'home_owner', kind: 'boolean', required: 'post' },
      { name: 'monthly_bill', kind: 'integer', min: 0, max: 5_000 },
      ...CONTACT,
    ],
  },
  {
    vertical: 'mortgage',
    label: 'Mortgage',
    fields: [
      STATE,
      { name: 'credit', kind: 'enum', labels: ['excellent', 'good', 'fair', 'poor'], required: 'ping' },
      { name: 'loan', kind: 'integer', min: 0, max: 10_000_000, required: 'post' },
      ...CONTACT,
    ],
  },
  { vertical: 'leads', label: 'Something else: e-mail and phone', fields: CONTACT },
];

/** The simplest flow: every lead goes to these destinations, one after the other until one takes it. */
export function firstFlow(name: string, vertical: string, currency: string, destinations: string[]): FlowDocument {
  const leaves = Object.fromEntries(destinations.map((it) => [it, { kind: 'destination' }]));
  return {
    flow: name,
    vertical,
    currency,
    root: 'all',
    nodes: { all: { kind: 'waterfall', to: destinations }, ...leaves },
  };
}

import type { FieldDocument } from './flow-document';

/** Made-up values that a schema takes, so that nobody types the data of a person for a test. */
export function exampleLead(fields: readonly FieldDocument[]): Record<string, unknown> {
  const lead: Record<string, unknown> = {};
  for (const { name, kind, required, labels, min, max } of fields) {
    const value = exampleOf(kind, labels, min, max);
    if (value !== null && required !== undefined && required !== 'never') lead[name] = value;
  }
  return lead;
}

function exampleOf(kind: string, labels: string[] | undefined, min = 0, max = 35): unknown {
  switch (kind) {
    case 'boolean':
      return true;
    case 'enum':
      return labels?.[0] ?? null;
    case 'integer':
      return Math.max(min, Math.min(max, 35));
    case 'decimal':
      return '1';
    default:
      return EXAMPLES[kind] ?? null;
  }
}

const EXAMPLES: Record<string, string> = {
  email: 'sam.doe@example.com',
  phone: '+12025550123',
  postal_code: '10001',
  region: 'CA',
  country: 'US',
  ip: '192.0.2.1',
  url: 'https://example.com/',
  text: 'Sam',
  timestamp: '2026-01-31T09:30:00Z',
  date: '1990-01-31',
};

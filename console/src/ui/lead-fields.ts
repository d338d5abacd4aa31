/** A field of a lead schema, as the form shows it. */
export interface FormField {
  name: string;
  kind: string;
  required: string;
  pii: boolean;
  labels: string[] | null;
  min: number | null;
  max: number | null;
}

/** Fields that every lead has: the server sets them. */
const BUILT_IN = ['source', 'sub_id_1', 'sub_id_2', 'sub_id_3', 'sub_id_4', 'sub_id_5', 'received_at', 'is_test'];

/** Made-up values of kinds that are personal, so that nobody types the data of a person to try a flow. */
const MADE_UP: Record<string, string> = {
  email: 'sam.doe@example.com',
  phone: '+12025550123',
  postal_code: '10001',
  ip: '192.0.2.1',
  url: 'https://example.com/',
  text: 'Sam',
};

/** The fields that whoever tries a lead fills in, in the order of the schema. */
export function formFields(fields: FormField[]): FormField[] {
  return fields.filter(({ name }) => !BUILT_IN.includes(name));
}

/** What stands in the form at first: something that the schema takes, for all that it requires. */
export function initialValues(fields: FormField[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of formFields(fields)) values[field.name] = field.required === 'never' ? '' : initial(field);
  return values;
}

function initial({ kind, labels, min, max }: FormField): string {
  switch (kind) {
    case 'enum':
      return labels?.[0] ?? '';
    case 'boolean':
      return 'true';
    case 'integer':
      return String(Math.max(min ?? 0, Math.min(max ?? 35, 35)));
    case 'decimal':
      return '1';
    case 'region':
      return 'CA';
    case 'country':
      return 'US';
    case 'timestamp':
      return '2026-01-31T09:30:00Z';
    case 'date':
      return '1990-01-31';
    default:
      return MADE_UP[kind] ?? '';
  }
}

/** The fields of a lead from what stands in the form; what is left empty is missing. What is no number is sent as it is,
 * so that the server says what is wrong with it. */
export function leadFields(fields: FormField[], values: Record<string, string>): Record<string, unknown> {
  const lead: Record<string, unknown> = {};
  for (const { name, kind } of formFields(fields)) {
    const value = values[name]?.trim() ?? '';
    if (value === '') continue;
    if (kind === 'boolean') lead[name] = value === 'true';
    else if (kind === 'integer' && /^-?\d{1,15}$/.test(value)) lead[name] = Number(value);
    else lead[name] = value;
  }
  return lead;
}

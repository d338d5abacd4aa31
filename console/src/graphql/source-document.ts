/** The document of a source, as the API takes it and gives it back. Values of secrets read `[secret]`. */
export interface SourceDocument {
  flow: string;
  preset?: string;
  accept?: string[];
  origins?: string[];
  country?: string;
  fields?: Record<string, unknown>;
  idempotency_key?: unknown;
  unknown?: string;
  wait?: boolean;
  active?: boolean;
  secrets?: Record<string, string>;
}

/** A GraphQL operation as text, with the types of its variables and of its answer. */
export interface Operation<Answer, Variables> {
  readonly name: string;
  readonly text: string;
  /** Never there at run time: it carries the types. */
  readonly types?: (variables: Variables) => Answer;
}

export function operation<Answer, Variables>(name: string, text: string): Operation<Answer, Variables> {
  return { name, text };
}

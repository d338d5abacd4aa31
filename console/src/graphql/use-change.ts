import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from './ask';
import type { FindingFragment, MistakeFragment } from './generated';
import type { Operation } from './operation';

/** What every change answers, whatever it changes. */
export interface Changed {
  userErrors: MistakeFragment[];
  diagnostics?: FindingFragment[];
}

/** Changes something on the server. What is wrong with the input stays as `mistakes` until the next try; after a change
 * that was made, everything on the screen is asked for again. */
export function useChange<Answer, Variables, Payload extends Changed>(
  operation: Operation<Answer, Variables>,
  payload: (answer: Answer) => Payload,
) {
  const client = useQueryClient();
  const [mistakes, setMistakes] = useState<MistakeFragment[]>([]);
  const mutation = useMutation({
    mutationFn: (variables: Variables) => ask(operation, variables),
    onSuccess: async (answer) => {
      const { userErrors } = payload(answer);
      setMistakes(userErrors);
      if (userErrors.length === 0) await client.invalidateQueries();
    },
  });
  return {
    mistakes,
    isBusy: mutation.isPending,
    /** That the server did not answer, or refused the whole request. */
    fault: mutation.error,
    /** Whether the change was made. */
    send: async (variables: Variables): Promise<Payload | null> => {
      const answer = await mutation.mutateAsync(variables).catch(() => null);
      const found = answer && payload(answer);
      return found && found.userErrors.length === 0 ? found : null;
    },
    reset: () => {
      setMistakes([]);
      mutation.reset();
    },
  };
}

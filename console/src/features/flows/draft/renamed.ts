import { armName, type FlowDocument, type FlowNode } from '../../../graphql/flow-document';

/** Kinds that are no steps but values, which other nodes read by their names. */
const VALUES = ['scorecard', 'derive'];

export function isValue(node: FlowNode | undefined): boolean {
  return node !== undefined && VALUES.includes(node.kind);
}

/** Members that are a port. */
const PORTS = ['then', 'otherwise'];
/** Members that are lists of things that lead somewhere. */
const LISTS = ['arms', 'bidders', 'cases', 'rows'];
/** Members that name a field or a value, or several. */
const SUBJECTS = ['on', 'columns'];

/** A document in which a node has another name, and everything that refers to it says so. Nothing changes if there is no such
 * node, or another one of the new name.
 *
 * What had its own name from the node's keeps that: a destination stays the same one, and an arm keeps the name under which it
 * draws and learns. Done the other way round it makes the document again that was there before. */
export function renamed(document: FlowDocument, from: string, to: string): FlowDocument {
  const node = document.nodes[from];
  if (!node || document.nodes[to]) return document;
  const { [from]: _, ...others } = document.nodes;
  const isRead = isValue(node);
  const nodes = { ...others, [to]: withDestination(node, from, to) };
  const after: FlowDocument = { ...document, root: document.root === from ? to : document.root, nodes };
  for (const [name, it] of Object.entries(nodes)) {
    const next = isRead ? reading(it, from, to) : leading(document, after, it, from, to);
    if (next !== it) nodes[name] = next;
  }
  return after;
}

/** A node of a destination that it does not name takes it from its own name. */
function withDestination(node: FlowNode, from: string, to: string): FlowNode {
  if (node.kind !== 'destination') return node;
  const { destination = from, ...rest } = node;
  return destination === to ? rest : { ...rest, destination };
}

type Leading = { name?: string; to: string };

/** A node whose ports lead to the new name. */
function leading(before: FlowDocument, after: FlowDocument, node: FlowNode, from: string, to: string): FlowNode {
  let next = node;
  const put = (member: string, value: unknown) => {
    next = { ...next, [member]: value };
  };
  for (const port of PORTS) if (node[port] === from) put(port, to);
  for (const list of LISTS) {
    const entries = node[list] as Leading[] | undefined;
    if (!Array.isArray(entries) || !entries.some((it) => it.to === from)) continue;
    const isArms = list === 'arms';
    const moved = (it: Leading) => (isArms ? withName(before, after, it, to) : { ...it, to });
    put(
      list,
      entries.map((it) => (it.to === from ? moved(it) : it)),
    );
  }
  if (Array.isArray(node.to) && node.to.includes(from)) {
    put(
      'to',
      node.to.map((it) => (it === from ? to : it)),
    );
  }
  return next;
}

/** An arm that leads to the new name, under the name that it had. */
function withName(before: FlowDocument, after: FlowDocument, arm: Leading, to: string): Leading {
  const name = armName(before, arm);
  const { name: _, ...rest } = arm;
  const usual = armName(after, { to });
  return usual === name ? { ...rest, to } : { ...rest, name, to };
}

/** A node that reads the value by its new name. */
function reading(node: FlowNode, from: string, to: string): FlowNode {
  let next = node;
  for (const subject of SUBJECTS) {
    const said = node[subject];
    if (said === from) next = { ...next, [subject]: to };
    else if (Array.isArray(said) && said.includes(from)) {
      next = { ...next, [subject]: said.map((it) => (it === from ? to : it)) };
    }
  }
  return withTexts(next, (text) => inText(text, from, to) ?? text);
}

/** A node whose predicates and computation are other texts. */
function withTexts(node: FlowNode, made: (text: string) => string): FlowNode {
  let next = node;
  const put = (member: string, value: unknown) => {
    next = { ...next, [member]: value };
  };
  const of = (it: { if?: string }) => (typeof it.if === 'string' && made(it.if) !== it.if ? made(it.if) : null);
  const own = node.kind === 'derive' ? 'value' : 'if';
  const text = node[own];
  if (typeof text === 'string' && made(text) !== text) put(own, made(text));
  for (const list of ['rows', 'points']) {
    const entries = node[list];
    if (!Array.isArray(entries) || !entries.some((it) => of(it) !== null)) continue;
    put(
      list,
      entries.map((it) => (of(it) === null ? it : { ...it, if: of(it) })),
    );
  }
  return next;
}

/** Raw texts, in which a backslash is a letter; other texts; names between backticks; comments; numbers; words. */
const TOKENS = new RegExp(
  [
    /\b(?:[rR][bB]?|[bB][rR])(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n]*"|'[^'\n]*')/,
    /(?:\b[bB])?(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/,
    /`[^`]*`/,
    /\/\/[^\n]*/,
    /\d\w*/,
    /[A-Za-z_]\w*/,
    /["'`]/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** The words of a predicate with their places: fields, values and functions, and nothing that stands in a text. None if a quote
 * is not closed. */
function wordsOf(text: string): { word: string; at: number }[] | null {
  const words: { word: string; at: number }[] = [];
  for (const { 0: word, index } of text.matchAll(TOKENS)) {
    if (/^["'`]$/.test(word)) return null;
    // What stands after a point belongs to what stands before it, and what stands before a bracket is a function.
    const isMember = /\.\s*$/.test(text.slice(0, index));
    const isFunction = /^\s*\(/.test(text.slice(index + word.length));
    if (/^[A-Za-z_]\w*$/.test(word) && !isMember && !isFunction) words.push({ word, at: index });
  }
  return words;
}

/** The text with another name for what it reads; none if it cannot be read. */
export function inText(text: string, from: string, to: string): string | null {
  const words = wordsOf(text);
  if (!words) return null;
  return words.reduceRight(
    (made, { word, at }) => (word === from ? made.slice(0, at) + to + made.slice(at + from.length) : made),
    text,
  );
}

/** The words that a text reads; none if it cannot be read. */
export function readIn(text: string): string[] | null {
  return wordsOf(text)?.map(({ word }) => word) ?? null;
}

/** Every predicate and computation of a node. */
export function textsOf(node: FlowNode): string[] {
  const texts: string[] = [];
  withTexts(node, (text) => {
    texts.push(text);
    return text;
  });
  return texts;
}

/** The fields and values that a node names outside of texts. */
export function subjectsOf(node: FlowNode): string[] {
  return SUBJECTS.flatMap((subject) => (node[subject] ?? []) as string | string[]);
}

/** Everywhere that a node leads to, in the order of its ports. */
export function targetsOf(node: FlowNode): string[] {
  const lists = LISTS.flatMap((list) =>
    Array.isArray(node[list]) ? (node[list] as Leading[]).map(({ to }) => to) : [],
  );
  const ports = PORTS.flatMap((port) => (typeof node[port] === 'string' ? [node[port]] : []));
  return [...lists, ...(Array.isArray(node.to) ? (node.to as string[]) : []), ...ports];
}

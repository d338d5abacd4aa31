/** JSON that people type: what it says, and where each part of it stands. */
export interface ReadJson {
  value: unknown;
  /** Offset of each part in the text, by its path as findings write it: `fields.state.read`. */
  places: ReadonlyMap<string, number>;
}

/** What keeps a text from being JSON. */
export interface NotJson {
  at: number;
  message: string;
}

/** Reads a text as JSON. A name that stands twice is a mistake: one of the two would be lost in silence. */
export function readJson(text: string): ReadJson | NotJson {
  const reader = new Reader(text);
  try {
    const value = reader.whole();
    return { value, places: reader.places };
  } catch (error) {
    if (error instanceof Wrong) return { at: error.at, message: error.message };
    throw error;
  }
}

export function isRead(read: ReadJson | NotJson): read is ReadJson {
  return 'places' in read;
}

/** The number of the line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Where a path stands, or else the nearest part around it that is there. */
export function placeOf(places: ReadonlyMap<string, number>, path: readonly string[]): number {
  for (let n = path.length; n > 0; n--) {
    const found = places.get(path.slice(0, n).join('.'));
    if (found !== undefined) return found;
  }
  return 0;
}

class Wrong extends Error {
  constructor(
    readonly at: number,
    message: string,
  ) {
    super(message);
  }
}

/** Deeper than this, nothing is a document: the stack of the browser is not. */
const DEPTH_MAX = 64;

class Reader {
  readonly places = new Map<string, number>();
  private at = 0;

  constructor(private readonly text: string) {}

  whole(): unknown {
    const value = this.value('', 0);
    this.blanks();
    if (this.at < this.text.length) throw this.wrong('this stands after the end of the document');
    return value;
  }

  private value(path: string, depth: number): unknown {
    if (depth > DEPTH_MAX) throw this.wrong('it is nested too deep');
    this.blanks();
    if (!this.places.has(path)) this.places.set(path, this.at);
    const next = this.text[this.at];
    if (next === '{') return this.object(path, depth);
    if (next === '[') return this.array(path, depth);
    if (next === '"') return this.string();
    return this.word();
  }

  private object(path: string, depth: number): Record<string, unknown> {
    const members: [string, unknown][] = [];
    const names = new Set<string>();
    this.list('{', '}', () => {
      const begin = this.at;
      if (this.text[this.at] !== '"') throw this.wrong('a name in double quotes is missing here');
      const name = this.string();
      if (names.has(name)) throw new Wrong(begin, `\`${name}\` stands here twice`);
      names.add(name);
      const inner = path === '' ? name : `${path}.${name}`;
      this.places.set(inner, begin);
      this.blanks();
      if (this.text[this.at] !== ':') throw this.wrong('a colon is missing here');
      this.at++;
      members.push([name, this.value(inner, depth + 1)]);
    });
    return Object.fromEntries(members);
  }

  private array(path: string, depth: number): unknown[] {
    const values: unknown[] = [];
    this.list('[', ']', () => values.push(this.value(`${path}[${values.length}]`, depth + 1)));
    return values;
  }

  private list(open: string, close: string, one: () => void) {
    const begin = this.at;
    this.at += open.length;
    this.blanks();
    if (this.text[this.at] === close) {
      this.at++;
      return;
    }
    for (;;) {
      this.blanks();
      one();
      this.blanks();
      const next = this.text[this.at];
      if (next === undefined) throw new Wrong(begin, `a \`${close}\` is missing for this \`${open}\``);
      if (next !== ',' && next !== close) throw this.wrong('a comma is missing here');
      this.at++;
      if (next === close) return;
      this.blanks();
      if (this.text[this.at] === close) throw this.wrong(`a comma before \`${close}\` is one too many`);
    }
  }

  private string(): string {
    const begin = this.at;
    const found = /"(?:[^"\\\n]|\\.)*"/y;
    found.lastIndex = begin;
    const [text] = found.exec(this.text) ?? [];
    if (text === undefined) throw new Wrong(begin, 'this text has no closing quote');
    this.at += text.length;
    return this.parsed(text, begin) as string;
  }

  private word(): unknown {
    const begin = this.at;
    const found = /[^\s,:{}[\]"]+/y;
    found.lastIndex = begin;
    const [text] = found.exec(this.text) ?? [];
    if (text === undefined) throw this.wrong('a value is missing here');
    this.at += text.length;
    return this.parsed(text, begin);
  }

  private parsed(text: string, at: number): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw new Wrong(at, `\`${text.slice(0, 40)}\` is no value of JSON; texts stand in double quotes`);
    }
  }

  private blanks() {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++;
  }

  private wrong(message: string): Wrong {
    return new Wrong(this.at, message);
  }
}

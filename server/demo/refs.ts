/** Names that content uses in place of ids: `@erp` stands for the id that the database gave the ERP. */

export class Refs {
  readonly #ids = new Map<string, string>();

  set(ref: string, id: string): void {
    if (this.#ids.has(ref)) throw new Error(`The demo names two things ${ref}.`);
    this.#ids.set(ref, id);
  }

  id(ref: string): string {
    const id = this.#ids.get(ref);
    if (!id) throw new Error(`The demo names ${ref}, which it does not have.`);
    return id;
  }

  /** The same with an id in place of each name, however deep. */
  resolve<Value>(value: Value): Value {
    if (typeof value === 'string') return (value.startsWith('@') ? this.id(value.slice(1)) : value) as Value;
    if (Array.isArray(value)) return value.map((one) => this.resolve(one)) as Value;
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.resolve(one)])) as Value;
  }
}

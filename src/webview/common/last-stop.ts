/** What was there when the guest last stood still, so that what is different now can be marked. Values by any key; knows nothing of what they are. */

/** The guest stands at a count of instructions, or runs. */
export interface Standing {
  readonly stopped: boolean;
  readonly instructions: number;
}

export class LastStop<T> {
  private stop: number | undefined;
  private current = new Map<string, T>();
  private previous = new Map<string, T>();
  private previousStop: number | undefined;

  /** Takes note of a value as it is now. */
  note(key: string, value: T, { stopped, instructions }: Standing): void {
    if (!stopped) return;
    if (this.stop !== instructions) {
      this.previous = this.current;
      this.previousStop = this.stop;
      this.current = new Map();
      this.stop = instructions;
    }
    this.current.set(key, value);
  }

  /** The value at the stop before: the last one, if the guest runs. */
  before(key: string, standing: Standing): T | undefined {
    return this.of(standing).get(key);
  }

  /** The instruction count of that stop. */
  countBefore(standing: Standing): number | undefined {
    return this.of(standing) === this.current ? this.stop : this.previousStop;
  }

  private of({ stopped, instructions }: Standing): Map<string, T> {
    return stopped && instructions === this.stop ? this.previous : this.current;
  }

  clear(): void {
    this.stop = undefined;
    this.previousStop = undefined;
    this.current = new Map();
    this.previous = new Map();
  }
}

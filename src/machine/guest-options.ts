/** What a guest is made from, bare or hypervised: a board with its settings, images, and the ends of its wires in the outside world. */
import type { TierOptions } from '../jit/regions/tier.js';
import type { GuestImages } from './images.js';

export interface GuestOptions {
  /** A name of boards.ts. */
  readonly board: string;
  /** A name of cpu/models.ts. */
  readonly cpu: string;
  /** Bytes of RAM. */
  readonly memory: number;
  readonly engine: 'jit' | 'interpreter' | 'reference';
  /** How the engine `jit` chooses what to translate; by default as it was measured to be best. */
  readonly tier1?: TierOptions;
  /** Executions of each instruction are counted: see Machine.coverage. */
  readonly coverage?: boolean;
  /** Virtual nanoseconds per instruction: the rate of virtual time. */
  readonly nsPerInstruction: number;
  /** Seconds since 1970 that the real-time clock shows at power-on. */
  readonly epoch: number;
  readonly semihosting: boolean;
  readonly images: GuestImages;
  /** A sensitive UNPREDICTABLE form is Undefined; with `stop` the hook `unpredictable` is called, too. */
  readonly unpredictable: 'undefined' | 'stop';
}

export interface GuestHooks {
  /** A byte left the UART or the semihosting console. */
  console(byte: number): void;
  /** A guest did something to a device that its manual does not allow; one sentence. */
  guestError(device: string, message: string): void;
  /**
   * The guest takes an exception (as it sees it); `kind` as in arm/exceptions.ts. Called before the first instruction of the handler.
   * @param missing of an Undefined Instruction: one sentence about what the processor model lacks, where that is the reason
   */
  guestException(kind: number, address: number, missing?: string): void;
  /** The guest executes a sensitive UNPREDICTABLE form at this address, and the options say that somebody wants to know. */
  unpredictable?(address: number): void;
}

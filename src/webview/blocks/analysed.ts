/**
 * What of guest memory is analysed, and the page of it that is shown halfword by halfword: the one with the code that is looked at, until somebody picks
 * another. Asks what it is given to ask; draws nothing.
 */
import {
  MEMORY_PAGE,
  MEMORY_USES,
  type MemoryMapAnswer,
  type MemoryMapQuery,
  type MemoryPages,
} from '../../protocol/views/blocks.js';

/** Uses from which on a halfword of memory is scanned code. */
const SCANNED = MEMORY_USES.indexOf('innocuous');

export class AnalysedMemory {
  pages: MemoryPages | undefined;
  /** Guest-physical address of the page that is shown. */
  page: number | undefined;
  /** Of that page: uses by halfword. */
  detail: Uint8Array | undefined;
  private version = 0;
  /** The page was picked, and stays until {@link release}. */
  private picked = false;
  /** In the page that was picked: where to look for code. */
  private offset: number | undefined;

  constructor(private readonly ask: (query: MemoryMapQuery) => Promise<MemoryMapAnswer>) {}

  /** Another guest. */
  clear(): void {
    this.pages = undefined;
    this.page = undefined;
    this.detail = undefined;
    this.version = 0;
    this.picked = false;
    this.offset = undefined;
  }

  /** @returns whether there is more to load at once */
  async load(): Promise<boolean> {
    const { page } = this;
    const { version, pages, more, detail } = await this.ask({
      known: this.version,
      ...(page !== undefined && { page }),
    });
    this.version = version;
    if (pages) this.pages = pages;
    // meanwhile another page may have been picked
    if (page === this.page) this.detail = detail;
    return more;
  }

  /** Shows the page of a guest-physical address, and looks for code there. */
  pick(gpa: number): void {
    const offset = gpa % MEMORY_PAGE;
    const page = gpa - offset;
    this.picked = true;
    this.offset = offset;
    this.show(page);
  }

  /** What is looked at is somewhere else: its page is shown again. */
  release(): void {
    this.picked = false;
  }

  /**
   * The code at what was picked, once that is known: at the place itself, behind it, or the first of the page.
   * @returns undefined while nothing was picked, or it is not loaded yet; no address where the page has no code
   */
  takePicked(): { readonly address: number | undefined } | undefined {
    const { offset, page, pages, detail } = this;
    if (offset === undefined || page === undefined || !pages || !detail) return undefined;
    this.offset = undefined;
    const code = pages.code[pages.addresses.indexOf(page)] ?? -1;
    const after = detail.findIndex((use, i) => use >= SCANNED && 2 * i >= offset);
    const at = after < 0 ? detail.findIndex((use) => use >= SCANNED) : after;
    return { address: code >= 0 && at >= 0 ? (code + 2 * at) >>> 0 : undefined };
  }

  /** Shows the page with the code at an address, unless one was picked. @returns whether it is to be loaded */
  follow(address: number): boolean {
    const { pages } = this;
    const index = pages
      ? pages.code.findIndex((code) => code >= 0 && address >= code && address < code + MEMORY_PAGE)
      : -1;
    const wanted = index < 0 ? undefined : pages?.addresses[index];
    if (wanted === undefined || wanted === this.page || this.picked) return false;
    this.show(wanted);
    return true;
  }

  private show(page: number): void {
    if (page !== this.page) this.detail = undefined;
    this.page = page;
  }
}

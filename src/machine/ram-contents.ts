/** The contents of a board's RAM at power-on and after a reset: a launch's images, and zeros. */
import type { BoardWiring, MappedMemory } from './board.js';
import type { PlacedImage } from './images.js';

export class RamContents {
  /** Nothing was loaded yet: RAM is zero, as the one memory came from its maker. */
  pristine = true;

  constructor(
    private readonly buffer: ArrayBuffer,
    private readonly ram: MappedMemory,
    private readonly written: BoardWiring['written'],
  ) {}

  load(images: readonly PlacedImage[]): void {
    const { memory, base } = this.ram;
    const bytes = new Uint8Array(this.buffer, memory.offset, memory.length);
    if (!this.pristine) {
      bytes.fill(0);
      this.written(memory.offset, memory.length);
    }
    this.pristine = false;
    for (const image of images) {
      bytes.set(image.bytes, image.address - base);
      this.written(memory.offset + image.address - base, image.bytes.length);
    }
  }
}

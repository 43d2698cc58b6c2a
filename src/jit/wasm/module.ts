/** Puts a WebAssembly module together: types, imports, functions, one table, exports, code. Writes what it is given in the binary format. */
import { assert } from '../../util/assert.js';
import { ByteWriter } from './bytes.js';
import type { CodeWriter } from './code.js';
import { ValueType } from './opcodes.js';

const Section = { type: 1, import: 2, function: 3, table: 4, export: 7, element: 9, code: 10 } as const;
const ExternalKind = { function: 0, table: 1, memory: 2 } as const;
const FUNCTION_TYPE = 0x60;
const FUNCREF = 0x70;
const HAS_MAXIMUM = 1;
/** Units of 64 KiB in 4 GiB. */
const MAX_PAGES = 0x1_0000;
/** Bytes of a function's size, locals and end, more or less. */
const AROUND_CODE = 32;

interface Signature {
  readonly params: number;
  readonly results: number;
}

/** All parameters and results of functions are i32. Imports must be declared before the first function. */
export class ModuleWriter {
  readonly #types: Signature[] = [];
  readonly #imports = new ByteWriter();
  #importCount = 0;
  #importedFunctions = 0;
  readonly #functions: { type: number; code: CodeWriter }[] = [];
  readonly #exports = new ByteWriter();
  #exportCount = 0;
  #table: { size: number; functions: readonly number[] } | undefined;

  /** Index of the type (params × i32) -> (results × i32). */
  type(params: number, results: number): number {
    const found = this.#types.findIndex((t) => t.params === params && t.results === results);
    return found >= 0 ? found : this.#types.push({ params, results }) - 1;
  }

  /** Imports a memory that has a maximum, of any size. */
  importMemory(module: string, name: string): void {
    this.#import(module, name);
    this.#imports.byte(ExternalKind.memory);
    this.#imports.byte(HAS_MAXIMUM);
    this.#imports.u32(0);
    this.#imports.u32(MAX_PAGES);
  }

  /** @returns the function's index. */
  importFunction(module: string, name: string, type: number): number {
    assert(this.#functions.length === 0, 'imports come before functions');
    this.#import(module, name);
    this.#imports.byte(ExternalKind.function);
    this.#imports.u32(type);
    return this.#importedFunctions++;
  }

  /** @returns the function's index. Its code may still be written until `finish`. */
  addFunction(type: number, code: CodeWriter): number {
    return this.#importedFunctions + this.#functions.push({ type, code }) - 1;
  }

  exportFunction(name: string, index: number): void {
    this.#export(name, ExternalKind.function, index);
  }

  /** Defines and exports the module's table of `size` elements, the first of them these functions at first. */
  exportTable(name: string, size: number, functions: readonly number[]): void {
    this.#table = { size, functions };
    this.#export(name, ExternalKind.table, 0);
  }

  finish(): Uint8Array {
    // PERF: a module of regions is tens of KB: it grows once, not at each doubling (`generate` of engine.bench).
    const code = this.#functions.reduce((sum, f) => sum + f.code.length + AROUND_CODE, 0);
    const out = new ByteWriter(4096 + code);
    out.bytes([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    section(out, Section.type, (s) => {
      s.u32(this.#types.length);
      for (const type of this.#types) {
        s.byte(FUNCTION_TYPE);
        s.u32(type.params);
        for (let i = 0; i < type.params; i++) s.byte(ValueType.i32);
        s.u32(type.results);
        for (let i = 0; i < type.results; i++) s.byte(ValueType.i32);
      }
    });
    section(out, Section.import, (s) => {
      s.u32(this.#importCount);
      s.append(this.#imports);
    });
    section(out, Section.function, (s) => {
      s.u32(this.#functions.length);
      for (const f of this.#functions) s.u32(f.type);
    });
    const table = this.#table;
    if (table !== undefined)
      section(out, Section.table, (s) => {
        s.u32(1);
        s.byte(FUNCREF);
        s.byte(HAS_MAXIMUM);
        s.u32(table.size);
        s.u32(table.size);
      });
    section(out, Section.export, (s) => {
      s.u32(this.#exportCount);
      s.append(this.#exports);
    });
    if (table !== undefined)
      section(out, Section.element, (s) => {
        s.u32(1);
        s.u32(0);
        s.bytes([0x41, 0x00, 0x0b]);
        s.u32(table.functions.length);
        for (const index of table.functions) s.u32(index);
      });
    section(
      out,
      Section.code,
      (s) => {
        s.u32(this.#functions.length);
        for (const f of this.#functions) f.code.writeTo(s);
      },
      code,
    );
    return out.finish();
  }

  #import(module: string, name: string): void {
    this.#importCount++;
    this.#imports.name(module);
    this.#imports.name(name);
  }

  #export(name: string, kind: number, index: number): void {
    this.#exportCount++;
    this.#exports.name(name);
    this.#exports.byte(kind);
    this.#exports.u32(index);
  }
}

/** @param capacity bytes to reserve at first */
function section(out: ByteWriter, id: number, write: (section: ByteWriter) => void, capacity = 1024): void {
  const content = new ByteWriter(capacity);
  write(content);
  out.byte(id);
  out.u32(content.length);
  out.append(content);
}

/**
 * WebAssembly's JavaScript interface, as far as Trapline uses it. It belongs to the language's engine and not to a host, yet TypeScript declares it
 * with the DOM only; layers that may not see the DOM include this file instead. It must not be included beside the `dom` library.
 */
declare namespace WebAssembly {
  type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128' | 'anyfunc' | 'externref';
  type TableKind = 'anyfunc' | 'externref';
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- a wasm export has the signature its module says
  type ExportValue = Function | Global | Memory | Table;
  type Exports = Record<string, ExportValue>;
  type ImportValue = ExportValue | number | bigint;
  type Imports = Record<string, Record<string, ImportValue>>;

  interface MemoryDescriptor {
    /** In units of 64 KiB. */
    initial: number;
    maximum?: number;
    shared?: boolean;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(delta: number): number;
  }
  const Memory: { readonly prototype: Memory; new (descriptor: MemoryDescriptor): Memory };

  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  const Module: { readonly prototype: Module; new (bytes: ArrayBufferView | ArrayBuffer): Module };

  interface Instance {
    readonly exports: Exports;
  }
  const Instance: { readonly prototype: Instance; new (module: Module, imports?: Imports): Instance };

  interface TableDescriptor {
    element: TableKind;
    initial: number;
    maximum?: number;
  }
  interface Table {
    readonly length: number;
    get(index: number): unknown;
    set(index: number, value?: unknown): void;
    grow(delta: number, value?: unknown): number;
  }
  const Table: { readonly prototype: Table; new (descriptor: TableDescriptor, value?: unknown): Table };

  interface GlobalDescriptor {
    value: ValueType;
    mutable?: boolean;
  }
  interface Global {
    value: unknown;
    valueOf(): unknown;
  }
  const Global: { readonly prototype: Global; new (descriptor: GlobalDescriptor, value?: unknown): Global };

  interface CompileError extends Error {
    readonly name: string;
  }
  const CompileError: { readonly prototype: CompileError; new (message?: string): CompileError };
  interface LinkError extends Error {
    readonly name: string;
  }
  const LinkError: { readonly prototype: LinkError; new (message?: string): LinkError };
  interface RuntimeError extends Error {
    readonly name: string;
  }
  const RuntimeError: { readonly prototype: RuntimeError; new (message?: string): RuntimeError };

  function compile(bytes: ArrayBufferView | ArrayBuffer): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: ArrayBufferView | ArrayBuffer): boolean;
}

/** How large Trapline's own layers are. The build counts them (scripts/lib/sizes.mjs) and puts the figures in place of the name below. */
export interface LayerSize {
  readonly layer: string;
  readonly files: number;
  /** Lines with code: neither empty nor comment alone. */
  readonly lines: number;
}

declare const TRAPLINE_LAYER_SIZES: readonly LayerSize[] | undefined;

/** Empty where nothing was built: under the tests' loader. */
export const layerSizes: readonly LayerSize[] = typeof TRAPLINE_LAYER_SIZES === 'undefined' ? [] : TRAPLINE_LAYER_SIZES;

/** What must be right for the monitor's guarantees to hold, on a machine that is right. */
const MONITOR = ['vmm', 'isa'];
/** That machine, which takes the place of hardware here. */
const MACHINE = ['util', 'arm', 'mem', 'ops', 'cpu', 'jit', 'devices', 'machine'];

export interface TrustedPart {
  readonly monitor: readonly LayerSize[];
  readonly machine: readonly LayerSize[];
}

export function trustedPart(sizes = layerSizes): TrustedPart {
  const of = (layers: readonly string[]): LayerSize[] => sizes.filter(({ layer }) => layers.includes(layer));
  return { monitor: of(MONITOR), machine: of(MACHINE) };
}

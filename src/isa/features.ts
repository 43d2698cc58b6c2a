/**
 * Architecture features as bits: what an encoding needs, and what a processor model has. Knows no model; the words in which a person reads
 * them stand here, too.
 */
import type { Extension, Isa } from './row.js';

/** Features that no encoding needs, but system registers do, or some values of fields. */
type SystemFeature = 'd32' | 'lpae' | 'generic-timer';

/** Every feature, in words that follow "needs", each a bit of a mask by its place. */
const FEATURES: Readonly<Record<Exclude<Extension, 'base'> | SystemFeature, string>> = {
  v6T2: 'ARMv6T2 (Thumb-2)',
  v7: 'ARMv7',
  multiprocessing: 'the Multiprocessing Extensions',
  divide: 'the divide extension',
  security: 'the Security Extensions',
  virtualization: 'the Virtualization Extensions',
  thumbee: 'ThumbEE',
  jazelle: 'Jazelle',
  vfpv2: 'VFPv2',
  vfpv3: 'VFPv3',
  vfpv4: 'VFPv4',
  'half-precision': 'the half-precision extension',
  'advanced-simd': 'the Advanced SIMD extension',
  'advanced-simd-v2': 'Advanced SIMDv2',
  d32: 'the registers D16 to D31',
  lpae: 'the Large Physical Address Extension',
  'generic-timer': 'the Generic Timer',
  'branch-halves': 'the 16-bit halves of BL and BLX, which ARMv6T2 made one',
};

export type Feature = keyof typeof FEATURES;

export const features = Object.keys(FEATURES) as readonly Feature[];

const bits = new Map<string, number>(features.map((feature, i) => [feature, 1 << i]));

/** The feature in words that follow "needs". */
export function featureInWords(feature: Feature): string {
  return FEATURES[feature];
}

/** The mask of several features. */
export function featureMask(of: Iterable<Feature>): number {
  let mask = 0;
  for (const feature of of) mask |= bits.get(feature)!;
  return mask;
}

/** Has everything: what the table holds. */
export const EVERY_FEATURE = featureMask(features);

/** What a row needs. Thumb's 32-bit encodings came with ARMv6T2, but for those that say `base`. */
export function neededFeatures(isa: Isa, extension: Extension | undefined): number {
  const thumb2 = isa === 'T32' && extension !== 'base' ? bits.get('v6T2')! : 0;
  return thumb2 | (bits.get(extension ?? 'base') ?? 0);
}

/** The features of a mask. */
export function featuresOf(mask: number): Feature[] {
  return features.filter((feature) => (bits.get(feature)! & mask) !== 0);
}

/** Address spaces that the panel "MMU" knows by their ids; there may be more, which the guest has left. */

/** The guest's own tables. */
export const GUEST = 'guest';
/** The shadow tables that the real processor walks while the guest's kernel or its user code runs. */
export const KERNEL = 'kernel';
export const USER = 'user';

/** The tables of a space are shadow tables: everything runs at PL0 there. */
export function isShadow(space: string): boolean {
  return space === KERNEL || space === USER;
}

/** G.711 A-law: what needs no codec of anybody's. @source ITU-T G.711, table 1 */

/** @param sample  16 bits */
export function toALaw(sample: number): number {
  const size = Math.min(sample < 0 ? ~sample : sample, 32767) >> 4;
  const segment = size < 16 ? 0 : 28 - Math.clz32(size);
  const step = segment === 0 ? size : (size >> (segment - 1)) & 15;
  return ((sample < 0 ? 0 : 0x80) | (segment << 4) | step) ^ 0x55;
}

/** @returns 16 bits */
export function fromALaw(code: number): number {
  const bits = code ^ 0x55;
  const [segment, step] = [(bits >> 4) & 7, bits & 15];
  const size = segment === 0 ? (step << 4) + 8 : ((step << 4) + 0x108) << (segment - 1);
  return (bits & 0x80) === 0 ? -size : size;
}

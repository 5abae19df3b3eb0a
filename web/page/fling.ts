/** A finger that moves a list: how fast it was when it was lifted, and how the list goes on without it. CSS pixels and milliseconds. */

/** What was before is not what the finger does now. */
const memoryMs = 100;
/** How long it takes until 1/e of the speed is left, as on touch screens elsewhere. */
const decayMs = 325;
const slowestPxPerMs = 0.02;
const fastestPxPerMs = 8;

/** Positions of a finger. */
export class FingerTrack {
  #moves: { y: number; at: number }[] = [];

  add(y: number, at: number): void {
    this.#moves = [...this.#moves.filter((move) => at - move.at <= memoryMs), { y, at }];
  }

  /** Upwards: what the list scrolls down by. 0: it rested before it was lifted. */
  speed(at: number): number {
    const recent = this.#moves.filter((move) => at - move.at <= memoryMs);
    const [first, last] = [recent[0], recent.at(-1)];
    if (!first || !last || last.at <= first.at) return 0;
    const speed = (first.y - last.y) / (last.at - first.at);
    return Math.min(Math.max(speed, -fastestPxPerMs), fastestPxPerMs);
  }
}

/** A list that was let go: it slows down and stops. */
export class Fling {
  #speed: number;
  #at: number;
  #moved = 0;

  /** @param speed  pixels a millisecond. */
  constructor(speed: number, at: number) {
    this.#speed = speed;
    this.#at = at;
  }

  get over(): boolean {
    return Math.abs(this.#speed) < slowestPxPerMs;
  }

  /** @returns by how much it goes on until then, whole pixels. */
  step(at: number): number {
    const left = Math.exp(-Math.max(0, at - this.#at) / decayMs);
    this.#moved += this.#speed * decayMs * (1 - left);
    this.#speed *= left;
    this.#at = at;
    const whole = Math.trunc(this.#moved);
    this.#moved -= whole;
    return whole;
  }
}

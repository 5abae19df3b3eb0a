/** One window of a browser has the telephone: two would ring twice and fight over a call. */

const lock = "sidetone.telephone";

export interface Telephone {
  /** Have it, or not; without Web Locks every window has it. */
  owned: boolean;
  /** Resolves when this window gets it: at once, or when the other one has gone. */
  got: Promise<void>;
  /** Resolves when another window has taken it from this one. */
  taken: Promise<void>;
  /** Take it from whoever has it. */
  take(): void;
}

const never = new Promise<never>(() => undefined);

export async function claimTelephone(): Promise<Telephone> {
  if (!("locks" in navigator)) return { owned: true, got: Promise.resolve(), taken: never, take: () => undefined };
  let lost: () => void;
  let have: () => void;
  const taken = new Promise<void>((resolve) => (lost = resolve));
  const got = new Promise<void>((resolve) => (have = resolve));
  const hold = (options: LockOptions, refused?: () => void): void => {
    let held = false;
    navigator.locks
      .request(lock, options, (granted) => {
        if (!granted) return refused?.();
        held = true;
        have();
        return never;
      })
      .catch(() => held && lost());
  };
  const owned = await new Promise<boolean>((resolve) => {
    void got.then(() => resolve(true));
    hold({ ifAvailable: true }, () => {
      resolve(false);
      hold({});
    });
  });
  return { owned, got, taken, take: () => hold({ steal: true }) };
}

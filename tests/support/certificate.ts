import { join } from "node:path";
import { run } from "./processes.ts";

export interface Certificate {
  /** PEM, its own authority. */
  certificate: string;
  key: string;
}

/** A certificate for a numeric address, for a day. */
export async function makeCertificate(folder: string, address: string): Promise<Certificate> {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const subject = ["-subj", `/CN=${address}`, "-addext", `subjectAltName=IP:${address}`];
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "1", "-keyout", key, "-out", certificate, ...subject]);
  return { certificate, key };
}

import { Refused, Unreachable } from "./api";
import type { FileRef, Problem } from "./contract";

/** Where the files of a session are, and the token that opens them. */
export interface FilesAt {
  address: string;
  token: string;
}

const LONGEST = 130_000;

function problemOf(status: number, body: string): Problem {
  let told: Partial<Problem> = {};
  try {
    told = JSON.parse(body) as Partial<Problem>;
  } catch {
    // A proxy's own page: the status says enough.
  }
  // A proxy in between may refuse what is too large, and knows no codes.
  const code = told.code ?? (status === 413 ? "file_too_large" : "http_error");
  return { status, code, detail: told.detail ?? "" };
}

/** Sends a file up, telling how far it is (0 to 1); rejected with Refused or Unreachable. */
export function upload(
  at: FilesAt,
  content: Blob,
  name: string,
  progress: (part: number) => void,
  stopped: AbortSignal,
): Promise<FileRef> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", content, name);
    request.open("POST", at.address);
    request.setRequestHeader("Authorization", `Bearer ${at.token}`);
    request.timeout = LONGEST;
    request.upload.onprogress = ({ loaded, total }) => progress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as FileRef);
      else reject(new Refused(problemOf(request.status, request.responseText)));
    };
    const lost = () => reject(new Unreachable("the file did not get through"));
    request.onerror = lost;
    request.ontimeout = lost;
    request.onabort = lost;
    stopped.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

/** The content of a file; rejected with Refused or Unreachable. */
export async function download(at: FilesAt, fileId: string): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(`${at.address}/${encodeURIComponent(fileId)}`, {
      headers: { Authorization: `Bearer ${at.token}` },
      credentials: "omit",
    });
    if (response.ok) return await response.blob();
  } catch (error) {
    throw new Unreachable(String(error));
  }
  throw new Refused(problemOf(response.status, await response.text().catch(() => "")));
}

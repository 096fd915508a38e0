/** Pixels a side: what the server keeps. A page of a form stays legible. */
const LONGEST = 2560;
/** A smaller file is sent as it is, in bytes. */
const LIGHT = 1024 * 1024;
const QUALITY = 0.86;

/** The size (in pixels) a picture is drawn in, at most `LONGEST` a side. */
export function fitted(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

/** The name of a picture once it is drawn as JPEG. */
export const asJpeg = (name: string): string => `${name.replace(/\.[^.]*$/, "") || "photo"}.jpg`;

function picture(address: string): Promise<HTMLImageElement> {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("no picture that this browser knows"));
    image.src = address;
  });
}

/** Draws a large photo smaller, so that a weak line carries less. What cannot be drawn goes as it is. */
export async function shrink(file: File): Promise<File> {
  if (!/^image\/(jpeg|png|webp|bmp)$/.test(file.type)) return file;
  const address = URL.createObjectURL(file);
  try {
    const image = await picture(address);
    const { naturalWidth, naturalHeight } = image;
    const size = fitted(naturalWidth, naturalHeight);
    if (file.size <= LIGHT && size.width === naturalWidth) return file;
    const canvas = document.createElement("canvas");
    canvas.width = size.width;
    canvas.height = size.height;
    const pen = canvas.getContext("2d");
    if (!pen) return file;
    // JPEG knows nothing transparent.
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, size.width, size.height);
    pen.drawImage(image, 0, 0, size.width, size.height);
    const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    if (!drawn || drawn.size >= file.size) return file;
    return new File([drawn], asJpeg(file.name), { type: "image/jpeg" });
  } finally {
    URL.revokeObjectURL(address);
  }
}

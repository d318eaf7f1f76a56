// A photo that somebody chose as their picture: its middle, square and as small as faces are shown, and shown at once. What a camera wrote
// into it, such as where it was, stays behind. Without this file the photo is sent as it is.

const SIDE = 256;

/** Makes what was chosen small. What is no picture stays for the server to say so. */
export async function shrink(input) {
  const [file] = input.files;
  const photo = file && (await createImageBitmap(file).catch(() => null));
  if (!photo) return;
  const side = Math.min(photo.width, photo.height);
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  canvas.getContext("2d").drawImage(photo, (photo.width - side) / 2, (photo.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.9 });
  // Another one was chosen meanwhile.
  if (input.files[0] !== file) return;
  const small = new DataTransfer();
  small.items.add(new File([blob], "picture." + blob.type.slice("image/".length), { type: blob.type }));
  input.files = small.files;
  const face = Object.assign(document.createElement("img"), { src: URL.createObjectURL(blob), alt: "" });
  input.form?.querySelector(".avatar")?.replaceChildren(face);
}

// Pictures of a text that is not sent yet. The text names a file of its form (`![](picture-1.png)`), or one that is there already; here it
// is drawn.

/** The view of pictures. `form` gives the form whose files are meant. */
export function pictureViews(form) {
  return { image: (node) => new PictureView(node, form()) };
}

/** The file of this name that a form is going to send. */
export function fileOf(form, name) {
  for (const input of form?.querySelectorAll("input[type=file]") ?? []) {
    for (const file of input.files) if (file.name === name) return file;
  }
  return undefined;
}

/** The files that are there already, by name: where they are. Articles have some, messages none. */
export function filesThere(form) {
  return JSON.parse(form?.querySelector("[data-files]")?.dataset.files ?? "{}");
}

class PictureView {
  constructor(node, form) {
    const name = decoded(node.attrs.src);
    const file = fileOf(form, name);
    const there = filesThere(form)[name];
    if (file || there) {
      this.dom = document.createElement("img");
      if (file) this.address = URL.createObjectURL(file);
      this.dom.src = this.address ?? there;
      this.dom.alt = node.attrs.alt ?? "";
    } else {
      // A file of the ticket, or a picture of another place, which is not fetched while somebody writes.
      this.dom = document.createElement("span");
      this.dom.className = "picture";
      this.dom.textContent = node.attrs.alt || node.attrs.src;
    }
    this.dom.title = node.attrs.src;
  }

  destroy() {
    if (this.address) URL.revokeObjectURL(this.address);
  }
}

function decoded(address) {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}

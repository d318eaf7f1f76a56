// In place of the package `linkify-it`: bare addresses stay text here, and the desk makes links of them when it shows the message.

export default class {
  set() {
    return this;
  }
  test() {
    return false;
  }
}

// An error as the API tells it.
export class Refusal extends Error {
  constructor(status, code, message, rest = {}) {
    super(message);
    Object.assign(this, { status, code, message, ...rest });
  }
}

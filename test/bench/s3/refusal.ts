/** What S3 answers when it will not do what it is asked. */
const STATUS = {
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidPart: 400,
  InvalidRequest: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  PreconditionFailed: 412,
  InvalidRange: 416,
  NotImplemented: 501,
};

export class Refusal extends Error {
  readonly code: keyof typeof STATUS;
  readonly status: number;

  constructor(code: keyof typeof STATUS) {
    super(code);
    this.code = code;
    this.status = STATUS[code];
  }
}

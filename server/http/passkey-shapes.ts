/** What a browser's passkey answers, as far as it is looked at before it is checked. */
import { z } from 'zod';

const Coded = z.string().regex(/^[\w-]{1,100000}$/);

const Answer = {
  id: Coded,
  rawId: Coded,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}).default({}),
};

/** The form sends it as one text. */
const json = <Shape extends z.ZodType>(shape: Shape) =>
  z
    .string()
    .max(200_000)
    .transform((text, context) => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'passkey.refused' });
        return z.NEVER;
      }
    })
    .pipe(shape);

export const NewPasskeyAnswer = json(
  z.object({
    ...Answer,
    response: z.object({
      clientDataJSON: Coded,
      attestationObject: Coded,
      transports: z
        .array(z.enum(['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb']))
        .default([]),
    }),
  }),
);

export const PasskeyAnswer = json(
  z.object({
    ...Answer,
    response: z.object({
      clientDataJSON: Coded,
      authenticatorData: Coded,
      signature: Coded,
      userHandle: Coded,
    }),
  }),
);

// The JSON routes against their own document, by a program that tries what nobody thought of.
import { attacksJson } from '../kit/schemathesis.ts';
import { test } from '../kit/story.ts';

test('r4_c_the JSON routes answer what their document promises, whatever is asked', async ({ city }) => {
  await attacksJson(city);
});

// A real model, where one could be started: for what only tokens of its own can show.

import { env } from 'node:process';

/** Whether there is one; a reason to skip where there is none. */
export const missing = env.MODEL_URL ? false : 'no real model could be started here';

/** The settings by which the site has no other one. */
export const policy = {
	default_model: env.MODEL_NAME,
	models: { [ env.MODEL_NAME ]: { route: [ [ 'local', env.MODEL_NAME ] ] } },
	providers: { local: { kind: 'openai_chat', base_url: env.MODEL_URL, key_env: 'AISP_TEST_MODEL_KEY' } },
	timeout_ms: 120000,
};

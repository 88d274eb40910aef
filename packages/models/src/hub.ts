import { fetchHubFolder, type HubOptions as DownloadOptions } from '@unmask/hub';

/** Options of {@link fetchFromHub}. */
export interface HubOptions extends DownloadOptions {
  /** Branch, tag or commit; `main` by default. */
  readonly revision?: string;
}

/** Names of the files of a model folder: configuration, tokenizer, weights, and how vectors of sentences are made. */
export const MODEL_FILES = /^((generation_)?config\.json|tokenizer(_config)?\.json|special_tokens_map\.json|chat_template\.jinja|modules\.json|1_Pooling\/config\.json|.*\.safetensors|.*\.safetensors\.index\.json)$/;

/**
 * Downloads a model's files from the Hugging Face hub, those that are not there yet; one that broke off goes on where it
 * stopped. The token comes from HF_TOKEN; with HF_HUB_OFFLINE=1 only what is there already is used.
 * @returns the local folder
 * @throws UnmaskError when the hub cannot be reached, or offline without a complete copy
 */
export function fetchFromHub(repository: string, { revision = 'main', ...options }: HubOptions = {}): Promise<string> {
  return fetchHubFolder({ type: 'model', name: repository, revision }, { wanted: MODEL_FILES, proof: 'config.json' }, options);
}

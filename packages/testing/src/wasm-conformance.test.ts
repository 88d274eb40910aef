import { testBackend } from './index.js';

testBackend({ name: 'wasm' });

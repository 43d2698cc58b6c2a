/** mocha's browser build: a script for its side effect. */
declare module 'mocha/mocha.js';

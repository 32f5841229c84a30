import { corpusHash } from "./corpus.ts";

console.log(corpusHash());

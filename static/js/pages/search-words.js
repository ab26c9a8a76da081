/** Starts the page of searches by tags. */

import { WordsPage } from "../search/words-page.js";

void new WordsPage().part.show();

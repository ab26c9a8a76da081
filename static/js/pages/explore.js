/** Starts the page of the map. */

import { startPage } from "../app/start.js";

startPage(["map"]);

// Behaviour for every page. Pages work without it.
import "./menus.js";
import "./narrow-list.js";
import "./target-rows.js";
import "./key-shortcuts.js";

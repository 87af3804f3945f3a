// Behaviour for every page. Pages work without it.
import "./autosave.js";
import "./command-palette.js";
import "./contributor-picker.js";
import "./edit-panel.js";
import "./follow-along.js";
import "./menus.js";
import "./narrow-list.js";
import "./target-rows.js";
import "./key-shortcuts.js";

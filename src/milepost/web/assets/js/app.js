// Behaviour for every page. Pages work without it.
import "./menus.js";

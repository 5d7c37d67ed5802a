// Small custom elements, one per file. Every page works without them.
import "./quiz-check.js";
import "./sort-list.js";
import "./auto-save.js";
import "./video-place.js";
import "./reading-place.js";
import "./rich-text.js";
import "./password-reveal.js";
import "./colour-preview.js";
import "./slug-check.js";
import "./toast-note.js";
import "./file-drop.js";
import "./error-summary.js";
import "./review-desk.js";
import "./rubric-points.js";
import "./busy-button.js";
import "./dialog-fallback.js";

"""Every command of the window: one row each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from srcnn_gui.action_spec import ActionSpec, Menu
from srcnn_gui.action_tips import set_tip
from srcnn_gui.icons import icon

__all__ = ["ACTIONS", "ActionSpec", "Menu", "dress_actions", "make_actions", "menu_for"]

_SCREEN_COLOURS = "S&creen colours"

# A table: the formatter would give every cell a line of its own.
# fmt: off
ACTIONS = (
    ActionSpec("open_image", "&Open image\N{HORIZONTAL ELLIPSIS}", Menu.FILE, "Ctrl+O",
               "Open a picture; you can also drop one on the window", icon="open"),
    ActionSpec("attach_reference", "Attach &reference\N{HORIZONTAL ELLIPSIS}", Menu.FILE, "Ctrl+R",
               "Measure against a picture of the result's size (Upscale)", icon="reference"),
    ActionSpec("open_weights", "Open &weights\N{HORIZONTAL ELLIPSIS}", Menu.FILE, "Ctrl+Shift+W",
               "Add SRCNN weights (.safetensors, .pth or the authors' .mat) to the methods"),
    ActionSpec("save_result", "&Save result\N{HORIZONTAL ELLIPSIS}", Menu.FILE, "Ctrl+S",
               "Save the result of the active pane, at any size: PNG, TIFF, JPEG, WebP or AVIF",
               icon="save", starts_section=True),
    ActionSpec("save_view", "Save &view as PNG\N{HORIZONTAL ELLIPSIS}", Menu.FILE, "Ctrl+Shift+S",
               "Save the panes as they are on screen", icon="screenshot"),
    ActionSpec("save_figure", "Save comparison &figure\N{HORIZONTAL ELLIPSIS}", Menu.FILE,
               "Ctrl+Shift+F", "Save the pinned crops, or what is in sight, by every method shown, "
               "with captions, as the figures of the paper (Compare)"),
    ActionSpec("batch", "&Batch\N{HORIZONTAL ELLIPSIS}", Menu.FILE, "Ctrl+B",
               "Enlarge many pictures and folders, by one setting for all", icon="batch",
               starts_section=True),
    ActionSpec("quit", "&Quit", Menu.FILE, "Ctrl+Q", "Close the program", starts_section=True),
    ActionSpec("paste", "&Paste image", Menu.EDIT, "Ctrl+V",
               "Open the picture on the clipboard", icon="paste"),
    ActionSpec("copy_view", "&Copy view", Menu.EDIT, "Ctrl+C",
               "Copy the panes as they are on screen", icon="copy"),
    ActionSpec("copy_figures", "Copy &figures", Menu.EDIT, "Ctrl+Shift+C",
               "Copy the table of figures as text"),
    ActionSpec("mode_compare", "&Compare", Menu.PICTURE, "Ctrl+Shift+1",
               "The picture is the truth: methods restore it from a reduced version, and are "
               "measured", icon="compare", group="mode"),
    ActionSpec("mode_upscale", "&Upscale", Menu.PICTURE, "Ctrl+Shift+2",
               "Enlarge the picture itself", icon="upscale", group="mode"),
    ActionSpec("scale_2", "\N{MULTIPLICATION SIGN}&2", Menu.PICTURE, "Ctrl+2",
               "Enlarge by 2", group="scale", starts_section=True),
    ActionSpec("scale_3", "\N{MULTIPLICATION SIGN}&3", Menu.PICTURE, "Ctrl+3",
               "Enlarge by 3", group="scale"),
    ActionSpec("scale_4", "\N{MULTIPLICATION SIGN}&4", Menu.PICTURE, "Ctrl+4",
               "Enlarge by 4", group="scale"),
    ActionSpec("degradation_bicubic", "Reduce by &bicubic", Menu.PICTURE, "Ctrl+Alt+B",
               "Make the input as every table of the literature does (Compare)",
               group="degradation", starts_section=True),
    ActionSpec("degradation_gaussian", "Reduce by &Gaussian blur", Menu.PICTURE, "Ctrl+Alt+G",
               "Blur with a sigma of a quarter of the scale, then sub-sample, as the paper's "
               "text says (Compare)", group="degradation"),
    ActionSpec("border_clamp", "C&lamped borders", Menu.PICTURE, "Ctrl+Alt+C",
               "Interpolation repeats edge pixels: MATLAB of 2014 and the paper's figures",
               group="border", starts_section=True),
    ActionSpec("border_mirror", "&Mirrored borders", Menu.PICTURE, "Ctrl+Alt+M",
               "Interpolation mirrors the picture at its edges: MATLAB today", group="border"),
    ActionSpec("padding_replicate", "Networks &repeat the edges", Menu.PICTURE, "Ctrl+Alt+R",
               "Outside the picture networks see its edge pixels", group="padding",
               starts_section=True),
    ActionSpec("padding_zeros", "Networks see &zeros outside", Menu.PICTURE, "Ctrl+Alt+Z",
               "Outside the picture every layer of a network sees zeros", group="padding"),
    ActionSpec("padding_normalised", "Zeros, &normalised by valid pixels", Menu.PICTURE,
               "Ctrl+Alt+N", "Every layer sees zeros outside and divides by the share of its "
               "filter that lies on the picture: section 4 of the paper", group="padding"),
    ActionSpec("whole_image", "Compute the &whole image", Menu.PICTURE, "Ctrl+W",
               "Compute what is not in sight too, for the figures of the whole image",
               is_checkable=True, starts_section=True),
    ActionSpec("fast", "&Fast networks (16 bits)", Menu.PICTURE, "Ctrl+Alt+F",
               "Compute networks in 16 bits: less time for \N{MULTIPLICATION SIGN}3 and "
               "\N{MULTIPLICATION SIGN}4, at most 0.01 dB less", is_checkable=True),
    ActionSpec("feature_maps", "Feature m&aps\N{HORIZONTAL ELLIPSIS}", Menu.PICTURE, "F9",
               "See what each filter of the network in the active pane answers to what is in "
               "sight", starts_section=True),
    ActionSpec("view_side", "&Side by side", Menu.VIEW, "S",
               "One pane for each method", icon="side", group="view"),
    ActionSpec("view_split", "S&plit", Menu.VIEW, "P",
               "The first two panes in one picture, parted by a line to drag",
               icon="split", group="view"),
    ActionSpec("flip", "&Flip (hold)", Menu.VIEW, "F",
               "While held, every pane shows what the next one shows", icon="flip"),
    ActionSpec("difference_off", "&No difference", Menu.VIEW, "N",
               "Show results", group="difference", starts_section=True),
    ActionSpec("difference_absolute", "&Absolute difference", Menu.VIEW, "D",
               "Show how far each pixel's luma is from the truth",
               icon="difference", group="difference"),
    ActionSpec("difference_signed", "Si&gned difference", Menu.VIEW, "Shift+D",
               "Show where luma is too dark (blue) or too bright (red)", group="difference"),
    ActionSpec("amplify_more", "Amplify &more", Menu.VIEW, "]", "Double the amplification"),
    ActionSpec("amplify_less", "Amplify &less", Menu.VIEW, "[", "Halve the amplification"),
    ActionSpec("zoom_in", "Zoom &in", Menu.VIEW, "+",
               "Zoom in; the wheel zooms at the cursor", icon="zoom-in", starts_section=True),
    ActionSpec("zoom_out", "Zoom &out", Menu.VIEW, "-", "Zoom out", icon="zoom-out"),
    ActionSpec("zoom_fit", "Fi&t", Menu.VIEW, "0", "Show the whole picture", icon="fit"),
    ActionSpec("zoom_100", "&100 %", Menu.VIEW, "1",
               "One pixel of the result on one of the screen", icon="one-to-one"),
    ActionSpec("zoom_200", "&200 %", Menu.VIEW, "2", "Two pixels of the screen a side"),
    ActionSpec("zoom_400", "&400 %", Menu.VIEW, "4", "Four pixels of the screen a side"),
    ActionSpec("zoom_800", "&800 %", Menu.VIEW, "8", "Eight pixels of the screen a side"),
    ActionSpec("pan_left", "Mo&ve left", Menu.VIEW, "Left",
               "Look further left", starts_section=True),
    ActionSpec("pan_right", "Move &right", Menu.VIEW, "Right", "Look further right"),
    ActionSpec("pan_up", "Move &up", Menu.VIEW, "Up", "Look further up"),
    ActionSpec("pan_down", "Move &down", Menu.VIEW, "Down", "Look further down"),
    ActionSpec("show_grid", "Pi&xel grid", Menu.VIEW, "G",
               "Part the pixels by a grid from 800 % on",
               icon="grid", is_checkable=True, starts_section=True),
    ActionSpec("theme_system", "Theme of the s&ystem", Menu.VIEW, "Ctrl+Alt+1",
               "Light or dark as the desktop is", group="theme", starts_section=True),
    ActionSpec("theme_light", "Light t&heme", Menu.VIEW, "Ctrl+Alt+2",
               "Always light", group="theme"),
    ActionSpec("theme_dark", "Dar&k theme", Menu.VIEW, "Ctrl+Alt+3", "Always dark", group="theme"),
    ActionSpec("screen_srgb", "&sRGB (as most screens)", Menu.VIEW, "Ctrl+Alt+5",
               "Show pictures right on a screen of sRGB, through their colour profiles",
               group="screen", submenu=_SCREEN_COLOURS),
    ActionSpec("screen_system", "Profile of &this screen", Menu.VIEW, "Ctrl+Alt+6",
               "Show pictures through the profile that the system has of the screen",
               group="screen", submenu=_SCREEN_COLOURS),
    ActionSpec("screen_file", "&Choose a profile\N{HORIZONTAL ELLIPSIS}", Menu.VIEW, "Ctrl+Alt+7",
               "Show pictures through the profile of the screen in a file (ICC, ICM)",
               group="screen", submenu=_SCREEN_COLOURS),
    ActionSpec("screen_numbers", "As the &numbers are (no colour management)", Menu.VIEW,
               "Ctrl+Alt+8", "Show the numbers of the file, whatever colours they mean",
               group="screen", submenu=_SCREEN_COLOURS),
    ActionSpec("show_batch", "&Batch panel", Menu.VIEW, "Ctrl+Shift+B",
               "Show the queue of pictures to be enlarged, or hide it", icon="batch",
               is_checkable=True),
    ActionSpec("full_screen", "Full scr&een", Menu.VIEW, "F11",
               "Fill the screen, or do not", is_checkable=True),
    ActionSpec("add_pane", "&Add pane", Menu.PANES, "Ctrl++", "Show one more method (at most 4)"),
    ActionSpec("remove_pane", "&Remove pane", Menu.PANES, "Ctrl+-", "Show one method less"),
    ActionSpec("reset_panes", "Re&set panes", Menu.PANES, "Ctrl+0",
               "Show bicubic, SRCNN and, in Compare, the truth"),
    ActionSpec("pin_crop", "&Pin crop", Menu.PANES, "C",
               "Draw a rectangle over a picture to pin it; a drag with Shift does the same",
               is_checkable=True, starts_section=True),
    ActionSpec("pin_view", "Pin what is in si&ght", Menu.PANES, "Shift+C",
               "Pin the part of the picture that the panes show"),
    ActionSpec("remove_pinned", "R&emove pinned crops", Menu.PANES, "Ctrl+Shift+X",
               "Remove all pinned crops; a right click on one removes only that"),
    ActionSpec("show_pinned", "Pinned crops &list", Menu.PANES, "Ctrl+K",
               "List the pinned crops by every method shown, with their PSNR",
               is_checkable=True),
    ActionSpec("batch_add_pictures", "&Add pictures\N{HORIZONTAL ELLIPSIS}", Menu.BATCH,
               "Ctrl+Shift+A", "Put pictures at the end of the queue", icon="open"),
    ActionSpec("batch_add_folder", "Add &folder\N{HORIZONTAL ELLIPSIS}", Menu.BATCH, "Ctrl+Shift+I",
               "Put all pictures of a folder at the end of the queue", icon="folder"),
    ActionSpec("batch_remove", "&Remove from the queue", Menu.BATCH, "Ctrl+Shift+Del",
               "Take the chosen pictures out; no file is deleted"),
    ActionSpec("batch_clear", "C&lear finished", Menu.BATCH, "Ctrl+Shift+L",
               "Take out what is done, skipped or failed"),
    ActionSpec("batch_start", "&Start", Menu.BATCH, "F12",
               "Enlarge all pictures that wait, in order", icon="play", starts_section=True),
    ActionSpec("batch_pause", "&Pause", Menu.BATCH, "Ctrl+F12",
               "Hold the batch after the present tile, or resume it", icon="pause"),
    ActionSpec("batch_cancel", "&Cancel", Menu.BATCH, "Shift+F12",
               "Stop the batch; what is done stays, and the queue too", icon="stop"),
    ActionSpec("batch_retry", "Re&try failed", Menu.BATCH, "Ctrl+Shift+F12",
               "Try again what has failed", icon="resume"),
    ActionSpec("batch_open", "&Open in the window", Menu.BATCH, "Ctrl+Shift+Return",
               "Open the chosen picture in Upscale; so does a double click", starts_section=True),
    ActionSpec("batch_show_result", "Show result in fol&der", Menu.BATCH, "Ctrl+Shift+R",
               "Show where the result of the chosen picture is"),
    ActionSpec("batch_again", "Do a&gain", Menu.BATCH, "Ctrl+Shift+Y",
               "Let the chosen pictures wait again"),
    ActionSpec("batch_output", "Open o&utput folder", Menu.BATCH, "Ctrl+Shift+E",
               "Show the folder of the results", icon="folder", starts_section=True),
    ActionSpec("batch_report", "Save r&eport\N{HORIZONTAL ELLIPSIS}", Menu.BATCH, "Ctrl+Shift+T",
               "Save what became of every picture as CSV", icon="save"),
    ActionSpec("show_training", "&Training panel", Menu.TRAIN, "Ctrl+T",
               "Train weights on pictures of your own, and watch them learn",
               icon="train", is_checkable=True),
    ActionSpec("train_data", "&Choose pictures\N{HORIZONTAL ELLIPSIS}", Menu.TRAIN, "Ctrl+Shift+O",
               "Choose the folder of pictures to learn from", icon="folder"),
    ActionSpec("train_start", "&Start run", Menu.TRAIN, "F5",
               "Start a run as the panel says", icon="play", starts_section=True),
    ActionSpec("train_pause", "&Pause", Menu.TRAIN, "F6",
               "Hold the run before its next step, or resume it", icon="pause"),
    ActionSpec("train_stop", "Stop and &keep", Menu.TRAIN, "Ctrl+.",
               "End the run and keep the best weights so far", icon="stop"),
    ActionSpec("train_discard", "&Discard\N{HORIZONTAL ELLIPSIS}", Menu.TRAIN, "Ctrl+Shift+D",
               "End the run and keep nothing of it", icon="discard"),
    ActionSpec("train_resume", "C&ontinue last run", Menu.TRAIN, "Shift+F5",
               "Continue the newest run that was put aside", icon="resume"),
    ActionSpec("show_measure", "&Measure panel", Menu.MEASURE, "Ctrl+M",
               "Measure methods on a folder of pictures, as the paper's tables do",
               icon="measure", is_checkable=True),
    ActionSpec("measure_folder", "&Choose pictures\N{HORIZONTAL ELLIPSIS}", Menu.MEASURE,
               "Ctrl+Shift+M", "Choose the folder of pictures to measure", icon="folder"),
    ActionSpec("measure_start", "&Start measuring", Menu.MEASURE, "F7",
               "Measure what the panel says; what was measured before is not measured again",
               icon="play", starts_section=True),
    ActionSpec("measure_anew", "Measure &anew", Menu.MEASURE, "Ctrl+F7",
               "Measure all that the panel says, also what was measured before"),
    ActionSpec("measure_cancel", "Ca&ncel", Menu.MEASURE, "Shift+F7",
               "Stop measuring; the figures so far stay", icon="stop"),
    ActionSpec("measure_save", "Save &table\N{HORIZONTAL ELLIPSIS}", Menu.MEASURE, "Ctrl+Alt+S",
               "Save the table as CSV, Markdown, LaTeX or JSON", icon="save", starts_section=True),
    ActionSpec("measure_passport", "Metric &passport\N{HORIZONTAL ELLIPSIS}", Menu.MEASURE, "F8",
               "Measure the ticked methods by other protocols too, and see how far the averages "
               "move", icon="measure"),
    ActionSpec("shortcuts", "&Keyboard shortcuts", Menu.HELP, "F1", "List every key"),
    ActionSpec("reports", "Problem &reports\N{HORIZONTAL ELLIPSIS}", Menu.HELP, "Ctrl+F1",
               "Read what was written down when something went wrong; nothing is sent anywhere"),
    ActionSpec("about", "&About SRCNN Studio", Menu.HELP, "Shift+F1",
               "Version, devices, licences", icon="info"),
)
# fmt: on


def make_actions(owner: QWidget, specs: Iterable[ActionSpec] = ACTIONS) -> dict[str, QAction]:
    """Make the actions of a window, with shortcut and tooltip, grouped; keyed by id."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in specs:
        action = actions[spec.id] = QAction(spec.text, owner)
        action.setObjectName(spec.id)
        action.setCheckable(spec.is_checkable or bool(spec.group))
        if spec.group:
            action.setData(spec.id.removeprefix(f"{spec.group}_"))
            groups.setdefault(spec.group, QActionGroup(owner)).addAction(action)
        if spec.shortcut is not None:
            action.setShortcut(spec.shortcut)
        set_tip(action, spec.tip)
        owner.addAction(action)
    return actions


def menu_for(spec: ActionSpec, menu: QMenu) -> QMenu:
    """Return the menu, or the one within it, that a command stands in; made where it is missing."""
    if not spec.submenu:
        return menu
    found: QMenu | None = menu.findChild(QMenu, spec.submenu)
    if found is None:
        found = menu.addMenu(spec.submenu)
        found.setObjectName(spec.submenu)
        found.setToolTipsVisible(True)
    return found


def dress_actions(actions: Mapping[str, QAction], owner: QWidget) -> None:
    """Give the actions icons in the colours of the theme in use."""
    for spec in ACTIONS:
        if spec.icon:
            actions[spec.id].setIcon(icon(spec.icon, owner.palette()))

// How much room there is: the width of the lab's cell, and the height of the notebook that the reader sees.

const WIDE = 740; // from here on, the controls stand beside the picture
const FOOT = 60; // the arithmetic below the picture: three lines, so that nothing moves while it changes
const TABS = 36; // the names of pages above the picture

function watchRoom(view, el) {
  const lab = el.closest(".convlab-lab") ?? el,
    frame = scroller(lab);
  const look = () => {
    const wide = lab.clientWidth >= WIDE;
    lab.classList.toggle("convlab-wide", wide);
    const width = view.picture.clientWidth - 6,
      tall = presented(lab) ? lab.clientHeight - 32 : (frame?.clientHeight ?? window.innerHeight);
    if (width <= 0 || (view.room?.width === width && view.room.tall === tall)) return;
    view.room = { width, tall, wide, most: wide ? 1 : 0.35 };
    for (const part of Object.values(view.parts)) part.stale = Boolean(part.table);
    arrange(view);
    view.stands = standing(view);
    paint(view);
  };
  measureAgain(view.signal, [lab, view.picture, frame ?? document.documentElement], look);
  look();
}

function scroller(node) {
  // what scrolls the page around a lab; a cell's output grows with what it shows, and says nothing of the room
  for (let up = (node.closest(".jp-Cell") ?? node).parentElement; up; up = up.parentElement)
    if (up.clientHeight > 200 && /auto|scroll/.test(getComputedStyle(up).overflowY)) return up;
  return null;
}

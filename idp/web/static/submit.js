// Sends the answer on; without scripts the button does.
document.getElementById("answer").submit();

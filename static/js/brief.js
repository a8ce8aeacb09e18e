// Counts a brief while it is typed, as rollout/brevity.py does when it is saved.
const count = document.getElementById("brief-count");
const texts = document.querySelectorAll("[data-count]");
const han = "\\u3000-\\u303f\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\uff00-\\uffef";
const unit = count && "characters" in count.dataset
  ? new RegExp(`[${han}]|[^\\s${han}]*(?![${han}])[\\p{L}\\p{N}_][^\\s${han}]*`, "gu")
  : /\S*[\p{L}\p{N}_]\S*/gu;
const show = () => {
  const length = [...texts].reduce((sum, text) => sum + (text.value.match(unit) || []).length, 0);
  count.querySelector("b").textContent = length;
  count.classList.toggle("help", length > Number(count.dataset.most));
};
if (count) texts.forEach((text) => text.addEventListener("input", show));

"""What an answer says, also one that is printed: a PDF holds its texts packed."""

import pypdfium2


def text_of(answer):
    try:
        return answer.content.decode()
    except UnicodeDecodeError:
        with pypdfium2.PdfDocument(answer.content) as printed:
            texts = [page.get_textpage().get_text_bounded() for page in printed]
    return "".join(texts)

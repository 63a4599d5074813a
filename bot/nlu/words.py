"""How customers write in chat: abbreviations, emojis and courtesies of each language. Tables only."""

from __future__ import annotations

ABBREVIATIONS: dict[str, dict[str, str]] = {
    "pt": {
        "vc": "você", "vcs": "vocês", "ce": "você", "ces": "vocês", "cê": "você", "oce": "você",
        "q": "que", "qe": "que", "oq": "o que", "oque": "o que", "pq": "porque", "pqe": "porque",
        "pk": "porque", "qdo": "quando", "qnd": "quando", "qndo": "quando", "qto": "quanto",
        "qnt": "quanto", "qnto": "quanto", "qtos": "quantos", "qta": "quanta", "ql": "qual", "qro": "quero",
        "qria": "queria", "qq": "qualquer", "tb": "também", "tbm": "também", "tmb": "também",
        "blz": "beleza", "obg": "obrigado", "obgd": "obrigado", "obgda": "obrigada", "brigado": "obrigado",
        "brigada": "obrigada", "brigadao": "obrigado", "vlw": "valeu", "vlww": "valeu", "flw": "falou",
        "tks": "obrigado", "hj": "hoje", "amh": "amanhã", "amnh": "amanhã", "ontm": "ontem",
        "msg": "mensagem", "msgs": "mensagens", "n": "não", "nn": "não", "ñ": "não", "nao": "não",
        "naum": "não", "num": "não", "td": "tudo", "tds": "todos", "mt": "muito", "mto": "muito",
        "mta": "muita", "mtos": "muitos", "pra": "para", "pro": "para o", "pras": "para as",
        "pros": "para os", "p": "para", "c": "com", "cm": "com", "s": "sim", "ss": "sim", "cmg": "comigo",
        "ctg": "contigo", "pfv": "por favor", "pfvr": "por favor", "pfvor": "por favor", "pf": "por favor",
        "pfr": "por favor", "pls": "por favor", "plis": "por favor", "kd": "cadê", "kade": "cadê",
        "cade": "cadê", "aki": "aqui", "aq": "aqui", "eh": "é", "ngm": "ninguém", "alg": "alguém",
        "algm": "alguém", "dps": "depois", "agr": "agora", "to": "estou", "tou": "estou", "tô": "estou",
        "ta": "está", "tá": "está", "tao": "estão", "tava": "estava", "vdd": "verdade", "dnv": "de novo",
        "cel": "celular", "tel": "telefone", "fone": "telefone", "hr": "hora", "hrs": "horas", "h": "horas",
        "bd": "bom dia", "bdia": "bom dia", "bt": "boa tarde", "bn": "boa noite", "bnoite": "boa noite",
        "fzr": "fazer", "fz": "faz", "sab": "sábado", "dom": "domingo",
        "seg": "segunda", "sex": "sexta", "atend": "atendente", "ped": "pedido", "pdd": "pedido",
        "prod": "produto", "end": "endereço", "n°": "número", "nº": "número", "nro": "número",
        "nr": "número", "xau": "tchau", "abs": "abraços", "bjs": "beijos", "bj": "beijo",
        "dvd": "dúvida", "cmo": "como", "grana": "dinheiro", "mano": "", "man": "", "cara": "",
        "moço": "", "moça": "", "amg": "", "pessoal": "", "ond": "onde", "onds": "onde", "loc": "localização",
        "fds": "fim de semana", "tdb": "tudo bem", "ctz": "certeza", "min": "minutos", "pgto": "pagamento",
        "pgt": "pagamento", "av": "avenida", "brigadão": "obrigado", "obgg": "obrigado",
    },
    "es": {
        "q": "que", "k": "que", "ke": "que", "xq": "por qué", "pq": "por qué", "porq": "porque",
        "tb": "también", "tmb": "también", "tbn": "también", "xfa": "por favor", "xfavor": "por favor",
        "pf": "por favor", "pls": "por favor", "plis": "por favor", "porfa": "por favor",
        "porfis": "por favor", "porfi": "por favor", "dnd": "dónde", "dond": "dónde", "cdo": "cuando",
        "cnd": "cuando", "cuand": "cuando", "bn": "bien", "grax": "gracias", "gcs": "gracias",
        "grcs": "gracias", "grs": "gracias", "msj": "mensaje", "msjs": "mensajes", "msg": "mensaje",
        "hla": "hola", "holi": "hola", "ola": "hola", "wenas": "buenas", "bnas": "buenas", "toy": "estoy",
        "stoy": "estoy", "ta": "está", "d": "de", "xa": "para", "pa": "para", "p": "para", "x": "por",
        "salu2": "saludos", "nro": "número", "num": "número", "n°": "número", "nº": "número",
        "tel": "teléfono", "cel": "celular", "hr": "hora", "hrs": "horas", "hs": "horas", "tqm": "",
        "kiero": "quiero", "qiero": "quiero", "aki": "aquí", "aora": "ahora", "mñn": "mañana",
        "finde": "fin de semana", "dir": "dirección", "tmp": "tampoco", "bss": "besos",
        "hno": "", "bro": "", "amigo": "", "che": "", "aya": "haya", "ay": "hay", "dnde": "dónde",
        "ubi": "ubicación", "uds": "ustedes", "ud": "usted", "av": "avenida", "grasias": "gracias",
        "dsp": "después", "dps": "después", "qtal": "qué tal", "kmo": "cómo", "cmo": "cómo", "komo": "cómo",
        "sip": "sí", "sipi": "sí", "nop": "no", "oki": "ok", "xd": "", "tmbn": "también", "cuanto": "cuánto",
        "pdo": "puedo", "psa": "pasa", "facu": "factura", "promo": "promoción", "promos": "promociones",
    },
    "en": {
        "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "plss": "please",
        "thx": "thanks", "thnx": "thanks", "tnx": "thanks", "ty": "thank you", "tysm": "thank you so much",
        "tks": "thanks", "wanna": "want to", "gonna": "going to", "gotta": "have to", "gimme": "give me",
        "lemme": "let me", "dont": "don't", "cant": "can't", "wont": "won't", "didnt": "didn't",
        "doesnt": "doesn't", "isnt": "isn't", "havent": "haven't", "hasnt": "hasn't", "wasnt": "wasn't",
        "im": "I'm", "ive": "I've", "whats": "what's", "wats": "what's", "wat": "what",
        "wht": "what", "whr": "where", "wer": "where", "wheres": "where's", "wen": "when", "hw": "how",
        "hows": "how's", "idk": "I don't know", "btw": "by the way", "asap": "as soon as possible",
        "tmrw": "tomorrow", "tmr": "tomorrow", "tmw": "tomorrow", "2moro": "tomorrow", "2day": "today",
        "msg": "message", "msgs": "messages", "acct": "account", "abt": "about", "hv": "have", "n": "and",
        "b4": "before", "gr8": "great", "l8r": "later", "cya": "see you", "k": "ok", "kk": "ok", "ya": "yes",
        "yep": "yes", "yup": "yes", "yeah": "yes", "nope": "no", "nah": "no",
        "ppl": "people",
        "bc": "because", "cuz": "because", "coz": "because", "rn": "right now",
        "hrs": "hours",
        "hr": "hour", "num": "number",
        "ttyl": "talk to you later", "gtg": "got to go", "g2g": "got to go", "brb": "be right back",
        "cu": "see you", "tyvm": "thank you very much", "tc": "take care", "gn": "good night",
        "gm": "good morning", "wru": "where are you", "sry": "sorry", "wknd": "weekend", "cos": "because",
        "pkg": "package", "2nite": "tonight", "promos": "promotions", "promo": "promotion", "thanx": "thanks",
        "sumone": "someone", "y'all": "you", "whens": "when's", "youre": "you're",
        "thats": "that's", "ill": "I'll",
        "nbr": "number", "addr": "address", "addy": "address", "dm": "message", "bro": "", "mate": "",
        "lol": "", "lmao": "", "omg": "", "deliverd": "delivered", "recieve": "receive",
        "recieved": "received",
    },
}  # fmt: skip

LAUGHTER = r"\b(?:k{3,}|(?:rs){1,}|(?:ha|he|hu|ja|je|ah){2,}h?j?|a?hue+(?:hue)*|lol+|kk)\b"

# What an emoji says when nothing else was written; elsewhere it says nothing.
EMOJIS: dict[str, dict[str, str]] = {
    "👍👌✅✔🆗🤝💪": {"pt": "sim", "es": "sí", "en": "yes"},
    "👎❌🚫🙅": {"pt": "não", "es": "no", "en": "no"},
    "🙏❤💙💚💛🧡💜🖤😍🥰😘🤗👏🎉😊☺🙌": {"pt": "obrigado", "es": "gracias", "en": "thank you"},
    "👋🖐✋🙋": {"pt": "oi", "es": "hola", "en": "hi"},
    "😡😠🤬😤🤮💩": {"pt": "péssimo atendimento", "es": "pésimo servicio", "en": "terrible service"},
}

_PT = (
    "oi", "oie", "ola", "olá", "opa", "e ai", "eai", "e aí", "bom dia", "boa tarde", "boa noite", "boa",
    "tudo bem", "tudo bom", "td bem", "tudo certo", "como vai", "beleza", "alo", "alô", "salve", "fala",
    "gente", "por favor", "por gentileza", "por obsequio", "com licenca", "com licença", "desculpa",
    "desculpe", "moço", "moça", "amigo", "amiga", "querida", "querido", "prezados", "senhores",
)  # fmt: skip
_ES = (
    "hola", "holaa", "buenas", "buenos dias", "buenos días", "buen dia", "buen día", "buenas tardes",
    "buenas noches", "que tal", "qué tal", "como estan", "cómo están", "como estas", "cómo estás",
    "por favor", "disculpe", "disculpa", "disculpen", "perdon", "perdón", "oiga", "oye", "amigo", "amiga",
    "estimados", "saludos",
)  # fmt: skip
_EN = (
    "hi", "hello", "hey", "hey there", "hi there", "hello there", "good morning", "good afternoon",
    "good evening", "how are you", "how are you doing", "please", "excuse me", "sorry", "sorry to bother you",
    "dear team", "hi team", "sir", "madam", "guys", "folks",
)  # fmt: skip

# Said before the matter itself. They tell the language of short messages.
COURTESIES: dict[str, tuple[str, ...]] = {"pt": _PT, "es": _ES, "en": _EN}

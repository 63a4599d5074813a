"""Which of our languages a message is in; short messages keep the conversation's language.

Evidence is words and spellings that belong to one of the three only; words of two count for none.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bot.nlu.normalise import squeezed, unaccented
from bot.nlu.words import COURTESIES

LANGUAGES = ("pt", "es", "en")
DEFAULT = "pt"
SURE = 1.0  # evidence needed where nothing is known of the conversation
SWITCH = 1.5  # lead needed over the conversation's own language

_WORDS = {
    "pt": """
        oi oie ola olá opa tudo bem bom dia boa tarde noite você vocês vc vcs voces voce não nao naum
        sim eu ele ela meu minha meus minhas seu sua seus suas nosso um uma uns umas os as dos das do da
        no na nos nas ao aos à pelo pela com sem para pra pro em é eh são sao está tá to tô estou estão
        estava foi fui ser ter tem têm tenho tinha quero queria gostaria preciso posso pode podem
        consigo consegue fazer faz faço quando qdo onde aonde qual quais quanto quanta quantos custa
        cadê cade kd isso isto aquilo esse essa este esta aqui ai lá já ja ainda também tambem tb tbm
        mais muito mto agora hoje hj ontem amanhã amanha depois antes obrigado obrigada obg vlw valeu
        blz beleza tchau falou até ate logo por favor pfv pq porque oq que chegou chega chegar entrega
        entregar entregam pedido pedidos compra comprei comprar pagamento pagar paguei boleto fatura
        conta segunda via nota troca trocar devolver devolução devolucao reembolso dinheiro volta preço
        preco preços valor valores plano planos mensalidade endereço endereco loja fica ficam funciona
        funcionam horário horario atendimento atendente atender pessoa humano falar fala alguém alguem
        ninguém ninguem reclamação reclamacao reclamar péssimo horrível vergonha descadastrar sair parar
        receber mensagens propaganda promoções robô robo prazo frete abre abrem aberto fecha fecham
        sábado sabado domingo feriado cancelar cartão cartao numero número código rastreio novidades
        quem certo errado errada veio quebrado defeito produto produtos tamanho ruim ótimo otimo gostei
        meio ajuda ajudar duvida dúvida moço moça gente será ver vou vai vamos mandar manda enviar envia
        cep rua bairro
    """,
    "es": """
        hola holi buenas buenos días dias tardes noches buen día usted ustedes tú vos sí yo él ella
        ellos mi mis tu tus su sus nuestro una unos unas el los las del al lo con sin para por favor en
        es son está están estan estoy fue fui ser tener tiene tienen tengo había quiero quisiera quería
        queria necesito puedo puede pueden podría hacer hace hago cuando cuándo donde dónde dnd cuál
        cual cuáles cuánto cuanto cuánta cuesta cuestan eso esto aquello ese esa este esta aquí acá ahí
        allá ya todavía aún también tambien más mas muy mucho ahora hoy ayer mañana manana después
        despues antes gracias adiós adios chao hasta luego xfa porfa xq porque que qué llegó llega
        llegar llegado entrega entregan envío envio envían enviar pedido pedidos compra compré comprar
        pago pagar pagué factura recibo cuenta duplicado cambio cambiar devolver devolución devolucion
        reembolso dinero precio precios valor plan planes mensualidad cuota dirección direccion tienda
        queda quedan ubicación ubicados ubicado horario horarios atención atencion atienden agente
        asesor persona humano hablar habla alguien nadie reclamo queja quejarme pésimo horrible
        vergüenza darme baja dejar recibir mensajes publicidad promociones robot plazo abre abren
        abierto abiertos cierra cierran sábado domingo feriado cancelar tarjeta número numero código
        rastreo novedades quién quien correcto mal roto defectuoso producto productos talla malo bueno
        ayuda ayudar duda sería voy va vamos mandar manda envía calle barrio les nos ni pero si hay vale
        claro vuelvo deme dame dime quiere he han ha sido cómo como estado me se
    """,
    "en": """
        hi hello hey good morning afternoon evening you your yours u ur i i'm im i've ive my mine me we
        our us they them he she it it's its this that these those the a an of to for from with without
        at on is are was were be been have has had haven't havent do does did don't dont didn't didnt
        can could can't cant would will won't want wanna need like get got give make when where what
        whats which who how much many cost costs price prices pricing plan plans and or but not no yes
        yeah yep nope please pls plz thanks thank thx bye goodbye see later here there now today
        yesterday tomorrow already yet still also too very more order orders ordered package parcel
        purchase bought buy payment pay paid bill bills invoice receipt copy duplicate statement
        exchange return returns refund money back swap address store shop located location open opens
        opening close closes closing hours time times delivery deliver delivered ship shipping arrive
        arrived someone person human agent representative real talk speak complaint complain terrible
        awful bad worst unsubscribe stop sending messages subscribe bot robot machine number tracking
        track wrong broken damaged defective product item size help question holiday weekend sunday
        saturday sure right correct subscription monthly fee service customer
    """,
}

_SPELLINGS = {
    "pt": re.compile(r"[ãõç]|ões\b|ção\b|nh[aoe]|lh[aoe]|\w[êô]|mente\b|ss[aeo]|gem\b"),
    "es": re.compile(r"[ñ¿¡]|ción\b|cion\b|ll[aeo]|\w(?:ue|ie)\w|dad\b"),
    "en": re.compile(r"\w(?:th|sh|ck|wh|ee|oo)\w*|\bwh|\bth|ing\b|'(?:s|t|m|re|ve|ll)\b|[kwy]\b"),
}


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, dict[str, float]]:
    """For each word, how much it speaks for each language: 1 when it is only that one's, else 0.2 or 0."""
    words = {code: set(text.split()) for code, text in _WORDS.items()}
    for code, phrases in COURTESIES.items():
        words[code] |= {phrase for phrase in phrases if " " not in phrase}
    plain = {code: members | {unaccented(w) for w in members} for code, members in words.items()}
    weights: dict[str, dict[str, float]] = {}
    for word in set().union(*plain.values()):
        owners = [code for code in LANGUAGES if word in plain[code]]
        if len(owners) == 1:
            weights[word] = {owners[0]: 0.5 if len(word) == 1 else 1.0}
        elif len(owners) == 2:
            weights[word] = dict.fromkeys(owners, 0.2)
    return weights


def evidence(text: str) -> dict[str, float]:
    scores = dict.fromkeys(LANGUAGES, 0.0)
    lowered = squeezed(text.lower().replace("’", "'"))
    for token in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", lowered):
        known = _lexicon().get(token)
        if known:
            for code, weight in known.items():
                scores[code] += weight
        elif len(token) > 3:
            for code, pattern in _SPELLINGS.items():
                scores[code] += 0.4 if pattern.search(token) else 0.0
    for code in ("pt", "es"):
        scores[code] += 0.6 if re.search(r"[ãõç]" if code == "pt" else r"[ñ¿¡]", lowered) else 0.0
    return scores


def detect(text: str, previous: str | None = None, locale: str | None = None) -> str:
    """The message's language; `previous` is the conversation's so far, `locale` the account's."""
    scores = evidence(text)
    best = max(LANGUAGES, key=lambda code: scores[code])
    if previous in LANGUAGES:
        lead = scores[best] - scores[previous]
        return best if lead >= SWITCH or (scores[previous] == 0 and scores[best] >= SURE) else previous
    lead = scores[best] - max(scores[code] for code in LANGUAGES if code != best)
    if scores[best] >= SURE and lead >= 0.4:
        return best
    if locale in LANGUAGES:
        return locale
    return best if lead > 0 else DEFAULT

// Every text a person reads on this page, in three languages.

const WORDS = {
  pt: {
    title: "Celulares", intro: "Escreva como cliente; as respostas chegam como no aparelho.",
    language: "Idioma", theme: "Alternar tema claro e escuro", add: "Adicionar celular", remove: "Remover celular",
    phones: "Celulares", thread: "Conversa", message: "Mensagem", send: "Enviar", attach: "Anexar",
    identity: "Quem usa este celular", name: "Nome", number: "Número", id: "Identificador", account: "Conta",
    apply: "Aplicar", autoread: "Marcar como lida ao aparecer", you: "Você", business: "Empresa", close: "Fechar",
    image: "Foto de exemplo", document: "Documento de exemplo", location: "Localização", file: "Arquivo do computador",
    sticker: "Figurinha", audio: "Áudio de exemplo", typing: "digitando…", seen: "Visto", deleted: "Mensagem apagada",
    edited: "editada", choose: "Escolha uma opção", empty: "Diga oi para começar.", start: "Começar",
    none: "Nenhuma conta ainda", noneHint: "Assim que um canal for registrado no simulador, os celulares aparecem aqui.",
    official: "Conta comercial", contact: "Contato", template: "Modelo", unsupported: "Conteúdo sem suporte neste celular",
    photo: "Foto", video: "Vídeo", doc: "Documento", order: "Pedido", form: "Formulário enviado", story: "História",
    failed: "Não foi possível enviar: ", lost: "Sem conexão; tentando de novo…", receipt: "Recibo", total: "Total",
    sendLocation: "Enviar localização", sendContact: "Enviar meu contato", place: "Avenida Paulista, São Paulo",
  },
  es: {
    title: "Teléfonos", intro: "Escriba como cliente; las respuestas llegan como en el aparato.",
    language: "Idioma", theme: "Alternar tema claro y oscuro", add: "Añadir teléfono", remove: "Quitar teléfono",
    phones: "Teléfonos", thread: "Conversación", message: "Mensaje", send: "Enviar", attach: "Adjuntar",
    identity: "Quién usa este teléfono", name: "Nombre", number: "Número", id: "Identificador", account: "Cuenta",
    apply: "Aplicar", autoread: "Marcar como leído al aparecer", you: "Usted", business: "Empresa", close: "Cerrar",
    image: "Foto de ejemplo", document: "Documento de ejemplo", location: "Ubicación", file: "Archivo del equipo",
    sticker: "Sticker", audio: "Audio de ejemplo", typing: "escribiendo…", seen: "Visto", deleted: "Mensaje eliminado",
    edited: "editado", choose: "Elija una opción", empty: "Diga hola para empezar.", start: "Empezar",
    none: "Aún no hay cuentas", noneHint: "Cuando se registre un canal en el simulador, los teléfonos aparecerán aquí.",
    official: "Cuenta de empresa", contact: "Contacto", template: "Plantilla", unsupported: "Contenido no disponible en este teléfono",
    photo: "Foto", video: "Vídeo", doc: "Documento", order: "Pedido", form: "Formulario enviado", story: "Historia",
    failed: "No se pudo enviar: ", lost: "Sin conexión; reintentando…", receipt: "Recibo", total: "Total",
    sendLocation: "Enviar ubicación", sendContact: "Enviar mi contacto", place: "Avenida Paulista, São Paulo",
  },
  en: {
    title: "Phones", intro: "Write as the customer; answers arrive as on the device.",
    language: "Language", theme: "Switch light and dark theme", add: "Add phone", remove: "Remove phone",
    phones: "Phones", thread: "Conversation", message: "Message", send: "Send", attach: "Attach",
    identity: "Who uses this phone", name: "Name", number: "Number", id: "Identifier", account: "Account",
    apply: "Apply", autoread: "Mark as read when shown", you: "You", business: "Business", close: "Close",
    image: "Sample photo", document: "Sample document", location: "Location", file: "File from this computer",
    sticker: "Sticker", audio: "Sample audio", typing: "typing…", seen: "Seen", deleted: "Message deleted",
    edited: "edited", choose: "Choose an option", empty: "Say hi to start.", start: "Get started",
    none: "No account yet", noneHint: "As soon as a channel is registered with the simulator, the phones appear here.",
    official: "Business account", contact: "Contact", template: "Template", unsupported: "Content not supported on this phone",
    photo: "Photo", video: "Video", doc: "Document", order: "Order", form: "Form sent", story: "Story",
    failed: "Could not send: ", lost: "Connection lost; trying again…", receipt: "Receipt", total: "Total",
    sendLocation: "Send location", sendContact: "Send my contact", place: "Avenida Paulista, São Paulo",
  },
};

export const NAMES = { whatsapp: "WhatsApp", messenger: "Messenger", instagram: "Instagram" };
export const LANGUAGES = { pt: "Português", es: "Español", en: "English" };
export const TAGS = { pt: "pt-BR", es: "es", en: "en" };
const asked = new URLSearchParams(location.search).get("lang")?.slice(0, 2).toLowerCase();
export const language = asked in WORDS ? asked : "pt";
export const t = (key) => WORDS[language][key];
export const time = (iso) =>
  new Date(iso).toLocaleTimeString(TAGS[language], { hour: "2-digit", minute: "2-digit" });

// Names for the wire types that the console uses. api.gen.ts is generated: `npm run types`.
import type { components } from "./api.gen";

type Schemas = components["schemas"];

export type Attachment = Schemas["Attachment"];
export type BillingOverview = Schemas["BillingOverview"];
export type BusinessProfile = Schemas["BusinessProfile"];
export type Channel = Schemas["ChannelOut"];
export type ChannelKind = Channel["kind"];
export type Channels = Schemas["ChannelsOut"];
export type ConnectIn = Schemas["ConnectIn"];
export type Consent = Schemas["Consent"];
export type Contact = Schemas["Contact"];
export type ContactPatch = Schemas["ContactPatchIn"];
export type ContactRow = Schemas["ContactRow"];
export type Contacts = Schemas["Contacts"];
export type Conversation = Schemas["Conversation"];
export type ConversationView = Schemas["ConversationView"];
export type Conversations = Schemas["Conversations"];
export type CreatedToken = Schemas["CreatedToken"];
export type Failure = Schemas["Failure"];
export type FieldDefinition = Schemas["FieldDefinition"];
export type FieldDefinitions = Schemas["FieldDefinitions"];
export type FieldValue = string | number | boolean | null;
export type Filter = "mine" | "queue" | "bot" | "all" | "resolved"; // a query parameter, so no schema
export type Handoff = Schemas["Handoff"];
export type Identity = Schemas["Identity"];
export type Invited = Schemas["Invited"];
export type Locale = Schemas["User"]["locale"];
export type Me = Schemas["Me"];
export type Message = Schemas["Message"];
export type MessageStatus = Message["status"];
export type Messages = Schemas["Messages"];
export type Money = Schemas["Money"];
export type Note = Schemas["Note"];
export type Order = Schemas["Order"];
export type Orders = Schemas["Orders"];
export type Person = Schemas["Person"];
export type Plan = Schemas["Plan"];
export type Plans = Schemas["Plans"];
export type Presence = Schemas["Presence"];
export type PresenceState = Presence["state"];
export type Problem = Schemas["Problem"];
export type Queues = Schemas["Queues"];
export type Role = Schemas["User"]["role"];
export type SendIn = Schemas["SendIn"];
export type SignUpIn = Schemas["SignUpIn"];
export type SubscriptionState = Schemas["Subscription"]["state"];
export type Tenant = Schemas["Tenant"];
export type TenantPatch = Schemas["TenantPatchIn"];
export type Terms = Schemas["Terms"];
export type Token = Schemas["Token"];
export type Tokens = Schemas["Tokens"];
export type User = Schemas["User"];
export type Users = Schemas["Users"];

export type Hello = Schemas["Hello"];
export type DurableEvent =
  | Schemas["MessageCreated"]
  | Schemas["MessageChanged"]
  | Schemas["ConversationChanged"]
  | Schemas["ContactChanged"]
  | Schemas["ChannelChanged"]
  | Schemas["SubscriptionChanged"];
export type EphemeralEvent = Schemas["Typing"] | Schemas["PresenceChanged"];
export type LiveMessage = Hello | DurableEvent | EphemeralEvent;

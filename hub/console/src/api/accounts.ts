import client, { body } from "./client";
import type { Account, NewUser, User, UserChange } from "./types";

export function readSession(): Promise<User> {
  return body(client.GET("/api/v1/session"));
}

export function signIn(username: string, password: string): Promise<User> {
  return body(client.POST("/api/v1/session", { body: { username, password } }));
}

export async function signOut(): Promise<void> {
  await client.DELETE("/api/v1/session");
}

export async function changePassword(current: string, fresh: string): Promise<void> {
  await client.POST("/api/v1/session/password", { body: { current, new: fresh } });
}

export function listUsers(): Promise<Account[]> {
  return body(client.GET("/api/v1/users"));
}

export function addUser(user: NewUser): Promise<Account> {
  return body(client.POST("/api/v1/users", { body: user }));
}

export function changeUser(username: string, change: UserChange): Promise<Account> {
  const params = { path: { username } };
  return body(client.PATCH("/api/v1/users/{username}", { params, body: change }));
}
